using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.Notify;

/// <summary>The alerts of one target that a receiver is told in one message.</summary>
/// <param name="Receiver">The receiver's name.</param>
/// <param name="Target">The target; empty for alerts that are of none.</param>
/// <param name="Alerts">Those that fire, and those that were resolved since the last message.</param>
internal sealed record AlertGroup(string Receiver, string Target, IReadOnlyList<Alert> Alerts)
{
    public string Key => $"{Receiver}|{Target}";

    public bool Fires => Alerts.Any(alert => alert.Phase == AlertPhase.Firing);
}
