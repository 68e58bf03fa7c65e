using Lockkeeper.Cli.Verbs;
using Lockkeeper.Host;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Schedules;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Server;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData("30 2 * * *", "UTC", "2026-03-01T00:00Z", "2026-03-01T02:30Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-07-01T00:00Z", "2026-07-01T00:30Z")]
    [InlineData("0 3 * * 0", "UTC", "2026-11-23T00:00Z", "2026-11-29T03:00Z")]
    [InlineData("0 3 * * 7", "UTC", "2026-11-23T00:00Z", "2026-11-29T03:00Z")]
    [InlineData("0 3 * * mon-sat", "UTC", "2026-11-28T04:00Z", "2026-11-30T03:00Z")]
    [InlineData("*/15 8-9 * * *", "UTC", "2026-11-23T08:46Z", "2026-11-23T09:00Z")]
    // Both days restricted: either will do, as in crontab(5).
    [InlineData("0 0 13 * fri", "UTC", "2026-11-23T00:00Z", "2026-11-27T00:00Z")]
    public void times_are_those_of_cron_in_the_zone(string cron, string zone, string after, string expected) =>
        Of(cron, zone).Next(At(after)).ShouldBe(At(expected));

    [Fact]
    public void a_time_that_the_change_of_clocks_skips_is_not_lost_and_one_that_comes_twice_runs_once()
    {
        // Berlin's clocks went from 02:00 to 03:00 on 2026-03-29, and from 03:00 back to 02:00 on 2026-10-25.
        Times(Of("30 2 * * *", "Europe/Berlin"), "2026-03-28T12:00Z", "2026-03-30T12:00Z").Count.ShouldBe(2);
        Times(Of("30 2 * * *", "Europe/Berlin"), "2026-10-24T12:00Z", "2026-10-26T12:00Z").Count.ShouldBe(2);
    }

    [Fact]
    public void of_many_times_that_have_passed_the_last_one_counts()
    {
        var schedule = Of("0 * * * *", "UTC");
        schedule.Due(At("2026-11-23T00:00Z"), At("2026-11-23T05:59Z")).ShouldBe(At("2026-11-23T05:00Z"));
        schedule.Due(At("2026-11-23T05:00Z"), At("2026-11-23T05:59Z")).ShouldBeNull();
        schedule.Due(At("2026-11-23T05:30Z"), At("2026-11-23T06:00Z")).ShouldBe(At("2026-11-23T06:00Z"));
    }

    [Fact]
    public void of_each_offered_verb_that_does_something_it_is_decided_what_becomes_of_it_after_a_crash() =>
        CliVerbs.With(Registry.Verbs).Where(verb => VerbRights.Offers(verb) && verb.Effect != VerbEffect.Reads && !AfterCrash.Knows(verb.Path)).Select(verb => verb.Path)
            .ShouldBeEmpty("write the verb into AfterCrash: called again with the reason why that does no harm, or reported");

    private static List<DateTimeOffset> Times(Schedule schedule, string from, string to)
    {
        var times = new List<DateTimeOffset>();
        for (var at = schedule.Next(At(from)); at < At(to); at = schedule.Next(at.Value))
            times.Add(at.Value);
        return times;
    }

    private static Schedule Of(string cron, string zone) => new("s", "migrate status", new Dictionary<string, string>(), cron, zone, MissedRuns.Run, "lockkeeper.yaml");

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
