using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Kernel.Config;

public sealed class SecretResolverTests : IDisposable
{
    private const string Secret = "hunter2-and-more";

    private readonly TestFolder folder = new();
    private readonly Redactor redactor = new();
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task references_are_read_from_variables_files_and_commands()
    {
        variables["USER_NAME"] = "app";
        folder.Write("secrets/password", Secret + "\n");
        (await ResolveAsync("postgres://${env:USER_NAME}:${file:secrets/password}@${exec:echo db; echo noise >&2}/shop")).ShouldBe($"postgres://app:{Secret}@db/shop");
        (await ResolveAsync("$${env:USER_NAME}")).ShouldBe("${env:USER_NAME}");
    }

    [Fact]
    public async Task a_command_runs_in_the_project_folder_and_may_have_several_lines_of_output()
    {
        folder.Write("key", "line 1\nline 2\n\n");
        (await ResolveAsync("${exec:cat key}")).ShouldBe("line 1\nline 2");
        (await ResolveAsync("${exec:seq 1 1000}")).ShouldBe(string.Join('\n', Enumerable.Range(1, 1000)));
    }

    [Fact]
    public async Task a_secret_is_the_same_when_it_is_read_again()
    {
        folder.Write("password", Secret);
        var first = await ResolveAsync("${exec:cat password}");
        (await ResolveAsync("${exec:cat password}")).ShouldBe(first);
        first.ShouldBe(Secret);
    }

    [Fact]
    public async Task what_was_read_is_masked_from_then_on()
    {
        variables["URL"] = $"postgres://app:{Secret}%21@db/shop";
        variables["KEY"] = "-----BEGIN-----\nabcdefgh\n-----END-----";
        await ResolveAsync("${env:URL}${env:KEY}");
        redactor.Redact($"cannot connect to {variables["URL"]}").ShouldBe("cannot connect to ***");
        redactor.Redact($"the password {Secret}! is wrong").ShouldBe("the password *** is wrong");
        redactor.Redact("line abcdefgh of the key").ShouldBe("line *** of the key");
    }

    [Theory]
    [InlineData("${env:NOT_SET}", 1201, "the environment variable NOT_SET is not set")]
    [InlineData("${env:EMPTY}", 1201, "the secret in the environment variable EMPTY is empty")]
    [InlineData("${file:missing}", 1201, "the secret file missing cannot be read")]
    [InlineData("${file:.}", 1201, "the secret file . cannot be read")]
    [InlineData("${file:a\0b}", 1201, "cannot be read")]
    [InlineData("${file:empty}", 1201, "the secret in the file empty is empty")]
    [InlineData("${exec:true}", 1201, "the secret from the command 'true' is empty")]
    [InlineData("${exec:exit 3}", 1202, "the secret command 'exit 3' ended with exit code 3")]
    [InlineData("${exec:no-such-program}", 1202, "ended with exit code 127")]
    [InlineData("${vault:a}", 1200, "'vault' is not a source of secrets")]
    public async Task a_secret_that_cannot_be_read_says_which(string text, int number, string message)
    {
        variables["EMPTY"] = "";
        folder.Write("empty", "\n");
        var error = await Should.ThrowAsync<LockkeeperException>(() => ResolveAsync(text));
        error.Code.Number.ShouldBe(number);
        error.Message.ShouldContain(message);
        error.Hint.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task a_failing_command_shows_what_it_said_but_never_a_secret()
    {
        variables["PASSWORD"] = Secret;
        folder.Write("password", Secret);
        // What it wrote to standard output may be a part of the secret; to standard error it repeats one that is known.
        var error = await Should.ThrowAsync<LockkeeperException>(() => ResolveAsync("${env:PASSWORD}${exec:echo half-a-secret; echo token expired >&2; cat password >&2; exit 1}"));
        var everything = string.Join('\n', error.Facts.Select(fact => fact.Text).Append(error.Message).Append(error.Hint).Append(error.ToString()).Append(error.InnerException?.ToString()));
        error.Facts.ShouldHaveSingleItem().Text.ShouldContain("token expired");
        everything.ShouldNotContain(Secret);
        error.Facts[0].Text.ShouldNotContain("half-a-secret");
    }

    [Fact]
    public async Task cancelling_ends_a_command_that_hangs()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = Resolver().ResolveAsync("${exec:echo $$ > pid; exec sleep 600}", cancel.Token);
        while (!File.Exists(folder["pid"]) || (await File.ReadAllTextAsync(folder["pid"])).Length == 0)
            await Task.Delay(10);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        Directory.Exists($"/proc/{(await File.ReadAllTextAsync(folder["pid"])).Trim()}").ShouldBeFalse("the command still runs");
    }

    private Task<string> ResolveAsync(string text) => Resolver().ResolveAsync(text, CancellationToken.None);

    private SecretResolver Resolver() => new(new Variables(variables), new ProcessRunner(redactor, TimeProvider.System), redactor, () => folder.Path);

    private sealed class Variables(Dictionary<string, string> values) : IEnvironment
    {
        public string? Get(string name) => values.GetValueOrDefault(name);
    }
}
