using Lockkeeper.Kernel.Config;
using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.Notify;

/// <summary>Decides who is told of what, and when: alerts of a target go together, a firing one is repeated now and then, the end of one is told to those who were told of its beginning.</summary>
/// <param name="config">The receivers and their times.</param>
internal sealed class NotificationPlan(ObserveConfig config)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    /// <summary>The end of an alert that nobody could be told for so long is not told any more.</summary>
    private static readonly TimeSpan EndIsOld = TimeSpan.FromHours(1);

    /// <summary>What is to be sent now, and what is known of each group.</summary>
    /// <param name="alerts">The alerts of the last evaluation.</param>
    /// <param name="silences">The silences that there are.</param>
    /// <param name="states">What is known of the groups; changed.</param>
    /// <param name="now">The moment.</param>
    public IReadOnlyList<AlertGroup> Due(IReadOnlyList<Alert> alerts, IReadOnlyList<Silence> silences, Dictionary<string, GroupState> states, DateTimeOffset now)
    {
        var heard = alerts.Where(alert => alert.Phase != AlertPhase.Pending && !silences.Any(silence => silence.Holds(alert, now))).ToList();
        var due = new List<AlertGroup>();
        foreach (var receiver in config.Receivers)
        {
            var mine = heard.Where(alert => receiver.Severity == "warning" || alert.Severity == AlertSeverity.Critical);
            foreach (var group in mine.GroupBy(alert => alert.Labels["target"]).Select(group => new AlertGroup(receiver.Name, group.Key, [.. group])))
            {
                var state = states.GetValueOrDefault(group.Key) ?? new GroupState();
                var message = group with { Alerts = [.. group.Alerts.Where(alert => alert.Phase == AlertPhase.Firing || state.Told.Contains(alert.Key))] };
                states[group.Key] = state = Look(message, state, now);
                if (message.Alerts.Count > 0 && IsDue(state, now))
                    due.Add(message);
            }
        }

        return due;
    }

    /// <summary>What is known of a group after a message was sent or could not be.</summary>
    /// <param name="group">The message.</param>
    /// <param name="state">What was known.</param>
    /// <param name="sent">Whether it was taken.</param>
    /// <param name="now">The moment.</param>
    public static GroupState After(AlertGroup group, GroupState state, bool sent, DateTimeOffset now) => sent
        ? new GroupState { Told = [.. group.Alerts.Where(alert => alert.Phase == AlertPhase.Firing).Select(alert => alert.Key)], ToldAt = now }
        : state with { Failures = state.Failures + 1, NotBefore = now + Wait(state.Failures) };

    private GroupState Look(AlertGroup group, GroupState state, DateTimeOffset now)
    {
        var firing = group.Alerts.Where(alert => alert.Phase == AlertPhase.Firing).Select(alert => alert.Key).ToList();
        var isNew = firing.Exists(key => !state.Told.Contains(key));
        var ended = group.Alerts.Any(alert => alert.Phase == AlertPhase.Resolved);
        var again = firing.Count > 0 && state.ToldAt is { } told && now - told >= config.RepeatAfter;
        if (!isNew && !ended && !again)
            return state with { DueSince = null };
        if (!isNew && !again && state.DueSince is { } since && state.Failures > 0 && now - since > EndIsOld)
            return new GroupState { ToldAt = state.ToldAt };
        // A clock that was set back must not make a message wait for it to come to where it was.
        return state with { DueSince = state.DueSince is { } due && due <= now ? due : now };
    }

    private bool IsDue(GroupState state, DateTimeOffset now) =>
        state.DueSince is { } since && now - since >= config.GroupWait && (state.NotBefore is not { } later || now >= later || later - now > LongestRetry);

    private static TimeSpan Wait(int failures) => TimeSpan.FromSeconds(Math.Min(FirstRetry.TotalSeconds * Math.Pow(2, Math.Min(failures, 10)), LongestRetry.TotalSeconds));
}
