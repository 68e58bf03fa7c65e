using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>What one of many tenants has to say: with its name, and without what is going on just now.</summary>
internal sealed class TenantProgress(string tenant, IProgressSink all) : IProgressSink
{
    public void Say(string text) => all.Say($"{tenant}: {text}");

    public void Now(string? text, long? done = null, long? total = null)
    {
    }

    public void Blocked(string target, BlockedRun? run) => all.Blocked($"{target}, {tenant}", run);
}
