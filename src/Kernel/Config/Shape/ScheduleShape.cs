using Lockkeeper.Kernel.Config.Shape.Clusters;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The keys of a schedule of the server.</summary>
internal static class ScheduleShape
{
    private static readonly Key<string> Name = new("name", Values.Name, "What it is called: its runs stand in the ledger as those of 'schedule NAME'.") { Required = true, Example = "nightly-drift" };

    private static readonly Key<string> Verb = new("verb", Values.Text, "The words of the verb that is called.") { Required = true, Example = "provision drift" };

    private static readonly Key<IReadOnlyDictionary<string, string>> With = new("with", new MapShape<string>(Values.AnyText, "parameters"), "The parameters of the verb, as its help names them. What stands here is all that the schedule may do.") { Example = "{ cluster: shop-prod }" };

    private static readonly Key<string> Cron = new("cron", ClusterValues.Cron, "When: minute, hour, day of the month, month, day of the week.") { Required = true, Example = "\"30 5 * * *\"" };

    private static readonly Key<string> Zone = new("zone", WindowShape.ZoneName, "The time zone of 'cron', by its IANA name.") { Default = "UTC", Example = "Europe/Berlin" };

    private static readonly Key<MissedRuns> Missed = new("missed", Values.Choice(["run", "skip"], [MissedRuns.Run, MissedRuns.Skip]), "What is done with a time that passed while no server ran: make up for the last one, once, or leave it out.") { Default = "run", Example = "skip" };

    public static RecordShape<ScheduleConfig> Shape { get; } = new(
        "a schedule", [Name, Verb, With, Cron, Zone, Missed],
        fields => new ScheduleConfig { Name = fields.Get(Name), Verb = fields.Get(Verb), With = fields.GetOrNull(With) ?? new Dictionary<string, string>(), Cron = fields.Get(Cron), Zone = fields.Get(Zone), Missed = fields.Get(Missed) });
}
