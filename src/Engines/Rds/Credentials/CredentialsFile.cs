using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.Rds.Credentials;

/// <summary>Credentials of a profile: of the file of credentials, or from the command that the profile names.</summary>
internal sealed class CredentialsFile(IEnvironment environment, ProcessRunner processes, Redactor redactor, TimeProvider clock)
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(1);

    private static readonly string[] NotOurs = ["role_arn", "sso_session", "sso_start_url", "web_identity_token_file", "login_session"];

    /// <summary>The credentials of a profile; null when none is named and the standard one is not there.</summary>
    /// <exception cref="LockkeeperException">The named profile is not there, or it is of a kind that only AWS's own tools can use.</exception>
    public async Task<AwsCredentials?> FindAsync(string? named, CancellationToken cancel)
    {
        var name = named ?? "default";
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        var places = new List<string>();
        // What both files say of a profile is put together; the file of credentials wins.
        foreach (var (file, section) in new[] { (Place("AWS_CONFIG_FILE", "config"), name == "default" ? name : $"profile {name}"), (Place("AWS_SHARED_CREDENTIALS_FILE", "credentials"), name) })
        {
            if (file is null)
                continue;
            places.Add(file);
            foreach (var (key, value) in await SectionAsync(file, section, cancel))
                keys[key] = value;
        }

        if (keys.TryGetValue("aws_access_key_id", out var id) && keys.TryGetValue("aws_secret_access_key", out var secret))
            return new AwsCredentials(id, secret, keys.GetValueOrDefault("aws_session_token"), null, $"profile {name}");
        if (keys.TryGetValue("credential_process", out var command))
            return await FromCommandAsync(name, command, cancel);
        if (Array.Find(NotOurs, keys.ContainsKey) is { } kind)
            throw new LockkeeperException(RdsErrors.CredentialsUnusable, $"the profile '{name}' signs in by {kind}, which Lockkeeper does not do itself", $"Let AWS's own tool do it: a profile with credential_process = aws configure export-credentials --profile {name} --format process");
        return named is null ? null : throw new LockkeeperException(RdsErrors.NoCredentials, $"there is no profile '{name}' with credentials in {string.Join(" or ", places.DefaultIfEmpty("~/.aws"))}", "Add it, or name another one with AWS_PROFILE or managed: { profile: NAME }");
    }

    private string? Place(string variable, string name)
    {
        if (environment.Get(variable) is { Length: > 0 } given)
            return given;
        return environment.Get("HOME") is { Length: > 0 } home ? Path.Combine(home, ".aws", name) : null;
    }

    private static async Task<IReadOnlyList<(string, string)>> SectionAsync(string file, string section, CancellationToken cancel)
    {
        if (!File.Exists(file))
            return [];
        string[] lines;
        try
        {
            lines = await File.ReadAllLinesAsync(file, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(RdsErrors.CredentialsUnusable, $"{file} cannot be read: {e.Message}", "Give this user the right to read it.", inner: e);
        }

        return [.. Keys(lines, section)];
    }

    private static IEnumerable<(string, string)> Keys(IEnumerable<string> lines, string section)
    {
        var within = false;
        foreach (var line in lines)
        {
            var text = line.Trim();
            if (text.StartsWith('[') && text.EndsWith(']'))
                within = string.Join(' ', text[1..^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)) == section;
            // A line that starts with a space belongs to the map of the key before it.
            else if (within && text.Length > 0 && text[0] is not ('#' or ';') && !char.IsWhiteSpace(line[0]) && text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
                yield return (text[..at].Trim(), text[(at + 1)..].Trim());
        }
    }

    private async Task<AwsCredentials> FromCommandAsync(string profile, string command, CancellationToken cancel)
    {
        var result = await processes.RunAsync(new ProcessSpec("/bin/sh", "-c", command) { Timeout = CommandLimit, KeepLines = 10_000, KeepSecrets = true }, cancel);
        if (result.Succeeded && CredentialsJson.Read(result.Output, $"profile {profile}, its command") is { } credentials)
            return credentials.Expires > clock.GetUtcNow() || credentials.Expires is null ? credentials
                : throw new LockkeeperException(RdsErrors.CredentialsUnusable, $"the command of the profile '{profile}' gave credentials that have ended", "Sign in again where the command takes them from.");
        // The output may hold a part of the secret, so only standard error is shown.
        throw new LockkeeperException(
            RdsErrors.CredentialsUnusable,
            result.TimedOut ? $"the command of the profile '{profile}' did not end within {Durations.Words(CommandLimit)}" : result.Succeeded ? $"the command of the profile '{profile}' wrote no credentials" : $"the command of the profile '{profile}' ended with exit code {result.ExitCode}",
            "Run the command of credential_process by hand to see what it says.")
        {
            Facts = [new ErrorFact("OUTPUT", redactor.Redact(string.Join('\n', result.Lines.Where(line => line.IsError).TakeLast(20).Select(line => line.Text))))],
        };
    }
}
