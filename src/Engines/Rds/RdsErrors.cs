using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.Rds;

/// <summary>The error codes of calls to the service, 4100 to 4119.</summary>
public static class RdsErrors
{
#pragma warning disable CS1591 // Each field's meaning is its first argument's neighbour.
    public static readonly ErrorCode NoCredentials = new(4100, "No credentials for the cloud's service were found.");
    public static readonly ErrorCode CredentialsUnusable = new(4101, "Credentials for the cloud's service cannot be used.");
    public static readonly ErrorCode SignInRefused = new(4102, "The cloud's service refused the credentials.");
    public static readonly ErrorCode NotAllowed = new(4103, "The credentials may not do this.");
    public static readonly ErrorCode CallRefused = new(4104, "The cloud's service refused a call.");
    public static readonly ErrorCode Unavailable = new(4105, "The cloud's service was throttled or failing for longer than was waited.");
    public static readonly ErrorCode BadAnswer = new(4106, "What the cloud's service answered cannot be read.");
#pragma warning restore CS1591

    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } = [NoCredentials, CredentialsUnusable, SignInRefused, NotAllowed, CallRefused, Unavailable, BadAnswer];
}
