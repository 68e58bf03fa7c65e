using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>The parameters that several migrate verbs have.</summary>
internal static class MigrateParameters
{
    public static Parameter LockTimeout { get; } = new("lock-timeout", ParameterKind.Duration, "How long to wait for another runner of the same target") { Default = "5m" };

    public static Parameter AcceptDrift { get; } = new("accept-drift", ParameterKind.Flag, "Take a schema that was changed outside as the new normal; goes through approval where one is configured");

    public static Parameter OptionalEnvironment { get; } = new("env", ParameterKind.Text, "One environment; by default all") { ValueName = "NAME" };
}
