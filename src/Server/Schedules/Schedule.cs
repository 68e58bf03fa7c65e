using Lockkeeper.Kernel.Config;
using Quartz;

namespace Lockkeeper.Server.Schedules;

/// <summary>A verb that is called at times.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Verb">The words of the verb.</param>
/// <param name="Values">The values given.</param>
/// <param name="Cron">Five fields of cron.</param>
/// <param name="Zone">The time zone of the fields.</param>
/// <param name="Missed">What is done with a time that passed while no server ran.</param>
/// <param name="File">Where it is declared.</param>
internal sealed record Schedule(string Name, string Verb, IReadOnlyDictionary<string, string> Values, string Cron, string Zone, MissedRuns Missed, string File)
{
    /// <summary>Whose the runs are. No person has such a name: theirs hold no space.</summary>
    public string Actor => $"schedule {Name}";

    /// <summary>The next time; null when there is none.</summary>
    /// <param name="after">The time to begin after.</param>
    public DateTimeOffset? Next(DateTimeOffset after) => Times().GetNextValidTimeAfter(after);

    /// <summary>The last time that has come since another; null when none has.</summary>
    /// <param name="after">The time to begin after.</param>
    /// <param name="now">The time now.</param>
    public DateTimeOffset? Due(DateTimeOffset after, DateTimeOffset now) =>
        Times().GetPreviousValidTimeBefore(now.AddMilliseconds(1)) is { } last && last > after ? last : null;

    private CronExpression Times() => CronExpression.Parse(Cron, CronFormat.Unix).WithTimeZone(TimeZoneInfo.FindSystemTimeZoneById(Zone));
}
