using System.Net;
using System.Text;
using Lockkeeper.Engines.Rds;
using Lockkeeper.Engines.Rds.Credentials;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.Rds;

/// <summary>Where credentials come from, and in which order.</summary>
public sealed class CredentialChainTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("lk-credentials-").FullName;
    private readonly Redactor redactor = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task variables_come_first_and_their_secrets_are_never_printed()
    {
        File("credentials", "[default]\naws_access_key_id = AKFILE\naws_secret_access_key = of-the-file");
        var found = await FindAsync(("AWS_ACCESS_KEY_ID", "AKVAR"), ("AWS_SECRET_ACCESS_KEY", "of-the-variable"), ("AWS_SESSION_TOKEN", "a-token"));
        (found.AccessKey, found.SecretKey, found.Token).ShouldBe(("AKVAR", "of-the-variable", "a-token"));
        redactor.Redact("of-the-variable a-token").ShouldBe("*** ***");
    }

    [Fact]
    public async Task a_profile_that_the_declaration_names_comes_before_the_variables()
    {
        File("credentials", "[default]\naws_access_key_id = AKDEFAULT\naws_secret_access_key = x1\n\n# one for production\n[prod]\naws_access_key_id=AKPROD\naws_secret_access_key=x2\n s3 =\n  region = a\n[other]\naws_access_key_id=AKOTHER");
        (await FindAsync("prod", ("AWS_ACCESS_KEY_ID", "AKVAR"), ("AWS_SECRET_ACCESS_KEY", "x3"))).AccessKey.ShouldBe("AKPROD");
        (await FindAsync()).AccessKey.ShouldBe("AKDEFAULT");
        (await FindAsync(("AWS_PROFILE", "prod"))).AccessKey.ShouldBe("AKPROD");
    }

    [Fact]
    public async Task a_command_of_a_profile_gives_them()
    {
        File("config", "[profile sso]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"AKCMD\",\"SecretAccessKey\":\"of-the-command\",\"SessionToken\":\"t\",\"Expiration\":\"2999-01-01T00:00:00Z\"}'");
        var found = await FindAsync(("AWS_PROFILE", "sso"));
        (found.AccessKey, found.Expires!.Value.Year).ShouldBe(("AKCMD", 2999));
        redactor.Redact("of-the-command").ShouldBe("***");
    }

    [Theory]
    [InlineData("[profile a]\ncredential_process = exit 3", "LK4101", "the command of the profile 'a' ended with exit code 3")]
    [InlineData("[profile a]\ncredential_process = echo nothing", "LK4101", "the command of the profile 'a' wrote no credentials")]
    [InlineData("[profile a]\ncredential_process = echo '{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"b\",\"Expiration\":\"2001-01-01T00:00:00Z\"}'", "LK4101", "the command of the profile 'a' gave credentials that have ended")]
    [InlineData("[profile a]\nsso_session = corp", "LK4101", "the profile 'a' signs in by sso_session, which Lockkeeper does not do itself")]
    [InlineData("[profile b]\nregion = x", "LK4100", "there is no profile 'a' with credentials in")]
    public async Task a_profile_that_cannot_be_used_is_said(string config, string code, string message)
    {
        File("config", config);
        var error = await Should.ThrowAsync<LockkeeperException>(() => FindAsync(("AWS_PROFILE", "a")));
        error.Code.Id.ShouldBe(code);
        error.Message.ShouldStartWith(message);
    }

    [Fact]
    public async Task a_container_gives_them_to_who_has_its_token_and_no_other_host_is_asked()
    {
        using var listener = Listening(out var url);
        var asked = Task.Run(async () =>
        {
            var context = await listener.GetContextAsync();
            var token = context.Request.Headers["Authorization"];
            context.Response.OutputStream.Write(Encoding.UTF8.GetBytes("{\"AccessKeyId\":\"AKPOD\",\"SecretAccessKey\":\"of-the-pod\",\"Token\":\"t\"}"));
            context.Response.Close();
            return token;
        }, TestContext.Current.CancellationToken);
        (await FindAsync(("AWS_CONTAINER_CREDENTIALS_FULL_URI", url + "creds"), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "of-the-task"))).AccessKey.ShouldBe("AKPOD");
        (await asked).ShouldBe("of-the-task");
        (await Should.ThrowAsync<LockkeeperException>(() => FindAsync(("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/creds")))).Message.ShouldBe("AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that credentials may not be asked of");
    }

    [Fact]
    public async Task half_of_the_variables_is_a_mistake_and_none_at_all_is_said()
    {
        (await Should.ThrowAsync<LockkeeperException>(() => FindAsync(("AWS_ACCESS_KEY_ID", "AKVAR")))).Code.ShouldBe(RdsErrors.CredentialsUnusable);
        (await Should.ThrowAsync<LockkeeperException>(() => FindAsync())).Code.ShouldBe(RdsErrors.NoCredentials);
    }

    private static HttpListener Listening(out string url)
    {
        for (var tries = 1; ; tries++)
        {
            var listener = new HttpListener();
            url = $"http://127.0.0.1:{FreePort.Find()}/";
            listener.Prefixes.Add(url);
            try
            {
                listener.Start();
                return listener;
            }
            // Another program may have taken the port first.
            catch (HttpListenerException) when (tries < 5)
            {
                listener.Close();
            }
        }
    }

    private void File(string name, string text)
    {
        Directory.CreateDirectory(Path.Combine(folder, ".aws"));
        System.IO.File.WriteAllText(Path.Combine(folder, ".aws", name), text);
    }

    private Task<AwsCredentials> FindAsync(params (string Name, string Value)[] variables) => FindAsync(null, variables);

    private Task<AwsCredentials> FindAsync(string? profile, params (string Name, string Value)[] variables)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = folder, ["AWS_EC2_METADATA_DISABLED"] = "true" };
        foreach (var (name, value) in variables)
            all[name] = value;
        return new CredentialChain(new Variables(all), new ProcessRunner(redactor, TimeProvider.System), redactor, profile, TimeProvider.System).FindAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Variables(Dictionary<string, string> all) : IEnvironment
    {
        public string? Get(string name) => all.GetValueOrDefault(name);
    }
}
