using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.Rds.Credentials;

/// <summary>Finds credentials where the tools of AWS do, in their order: variables, profile, container, machine.</summary>
/// <param name="environment">Environment variables.</param>
/// <param name="processes">Runs the command of a profile.</param>
/// <param name="redactor">Learns every secret.</param>
/// <param name="profile">The profile that the declaration names; null for the usual one. A named profile comes before the variables.</param>
/// <param name="clock">The clock.</param>
public sealed class CredentialChain(IEnvironment environment, ProcessRunner processes, Redactor redactor, string? profile, TimeProvider clock)
{
    /// <summary>Credentials are fetched again so long before they end.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);

    private AwsCredentials? found;

    /// <summary>Where they were found, fit for messages.</summary>
    public string Source => found?.Source ?? "none yet";

    /// <summary>The credentials; fetched again when they are about to end.</summary>
    /// <exception cref="LockkeeperException">There are none, or they cannot be used.</exception>
    internal async Task<AwsCredentials> FindAsync(CancellationToken cancel)
    {
        if (found is { } known && (known.Expires is not { } end || end - Early > clock.GetUtcNow()))
            return known;
        found = await LookAsync(cancel);
        redactor.Learn(found.SecretKey);
        redactor.Learn(found.Token);
        return found;
    }

    private async Task<AwsCredentials> LookAsync(CancellationToken cancel)
    {
        var profiles = new CredentialsFile(environment, processes, redactor, clock);
        var credentials = (profile is null ? FromVariables() : null)
            ?? await profiles.FindAsync(profile ?? Set("AWS_PROFILE") ?? Set("AWS_DEFAULT_PROFILE"), cancel)
            ?? (profile is null ? await new MetadataCredentials(environment).FindAsync(cancel) : null);
        return credentials ?? throw new LockkeeperException(
            RdsErrors.NoCredentials, "there are no credentials for the service: neither in variables, nor in a profile, nor from a container or machine",
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or name a profile in the declaration: managed: { profile: NAME }");
    }

    private AwsCredentials? FromVariables()
    {
        if (Set("AWS_ACCESS_KEY_ID") is not { } key)
            return null;
        return Set("AWS_SECRET_ACCESS_KEY") is { } secret
            ? new AwsCredentials(key, secret, Set("AWS_SESSION_TOKEN"), null, "variables AWS_…")
            : throw new LockkeeperException(RdsErrors.CredentialsUnusable, "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not", "Set both, or neither.");
    }

    private string? Set(string name) => environment.Get(name) is { Length: > 0 } value ? value : null;
}
