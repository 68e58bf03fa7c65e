using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Observe.Anomalies;
using Lockkeeper.Observe.Query;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.Unit.Observe.Query;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Anomalies;

public sealed class AnomalySearchTests
{
    private const int Day = RateBuckets.PerDay;
    private static readonly long Start = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private static readonly WatchedRate Calls = new("calls_total", "database", "calls a second", 10) { FallsToo = true };

    [Fact]
    public void a_steady_rate_is_never_unusual_whatever_it_is_and_neither_is_a_counter_that_begins_anew()
    {
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Gen.Choose(0, 1_000_000).SelectMany(_ => Gen.Choose(0, Day - 1), (rate, reset) => (rate, reset)).ToArbitrary(), one =>
        {
            var points = Counter(Enumerable.Repeat((double)one.rate, Day + 6)).Select((point, i) => i < one.reset ? point : point with { Value = point.Value - ((double)one.rate * 600 * one.reset) });
            Run(new Series(Labels("a"), [.. points])).Found.ShouldBeEmpty();
        }));
    }

    [Fact]
    public void a_lasting_jump_past_the_floor_is_found_with_its_beginning_and_one_below_it_never()
    {
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Gen.Choose(1, 5000).SelectMany(_ => Gen.Choose(3, 30), (rate, lasting) => (rate, lasting)).ToArbitrary(), one =>
        {
            var rates = Enumerable.Repeat((double)one.rate, Day).Concat(Enumerable.Repeat(one.rate * 4.0, one.lasting)).ToList();
            var found = Run(new Series(Labels("a"), [.. Counter(rates)])).Found;
            if (one.rate * 3 < Calls.Floor)
            {
                found.ShouldBeEmpty();
            }
            else if (one.rate > Calls.Floor)
            {
                var single = found.ShouldHaveSingleItem();
                single.Since.ToUnixTimeMilliseconds().ShouldBe(Start + (Day * RateBuckets.Span));
                single.Value.ShouldBe(one.rate * 4.0, 0.01);
            }
        }));
    }

    [Fact]
    public void a_spike_of_twenty_minutes_is_none() =>
        Run(new Series(Labels("a"), [.. Counter([.. Enumerable.Repeat(100.0, Day), 900, 900])])).Found.ShouldBeEmpty();

    [Fact]
    public void at_most_a_handful_is_told_each_subject_once_the_strongest_first_and_in_whatever_order_they_are_read()
    {
        var all = Enumerable.Range(0, 12).Select(i => new Series(Labels($"db{i}"), [.. Counter([.. Enumerable.Repeat(100.0, Day), .. Enumerable.Repeat(500.0 + (i * 100), 6)])])).ToArray();
        var verdict = Run(all);
        verdict.Found.Select(one => one.Labels["datname"]).ShouldBe(["db11", "db10", "db9", "db8", "db7"]);
        (verdict.Weaker, verdict.Series, verdict.Seasonal).ShouldBe((7, 12, 0));
        Run([.. all.Reverse()]).Found.ShouldBe(verdict.Found);
    }

    [Fact]
    public void what_nobody_has_watched_for_half_a_day_is_not_judged()
    {
        var verdict = Run(new Series(Labels("a"), [.. Counter([.. Enumerable.Repeat(100.0, 60), .. Enumerable.Repeat(900.0, 6)])]));
        (verdict.Series, verdict.Found.Count).ShouldBe((0, 0));
    }

    [Fact]
    public void every_anomaly_is_a_sentence_that_says_what_is_usual_since_when_how_strongly_and_what_came_before()
    {
        var since = new DateTimeOffset(2026, 11, 23, 9, 40, 0, TimeSpan.Zero);
        var now = since.AddMinutes(50);
        var commits = new WatchedRate("pg_stat_database_xact_commit", "database", "commits a second", 20);
        var mean = new WatchedRate("pg_stat_statements_seconds_total", "statement", "seconds a call", 0.02);
        var database = LabelSet.Of([new("target", "prod/shop"), new("environment", "prod"), new("datname", "shop")]);
        var statement = LabelSet.Of([new("target", "prod/shop"), new("environment", "prod"), new("datname", "shop"), new("user", "app"), new("queryid", "-42")]);
        DeployBefore[] deploys =
        [
            new("r1", since.AddHours(-5), "bert", "apply 1 migration to prod/shop", "prod"), new("r2", since.AddMinutes(-7), "anna", "apply 2 migrations to prod/shop", "prod"),
            new("r3", since.AddMinutes(-3), "anna", "apply 1 migration to dev/shop", "dev"), new("r4", since.AddMinutes(20), "anna", "apply 3 migrations to prod/shop", "prod"),
        ];
        Anomaly[] all =
        [
            new(mean, statement, 0.3512, new UsualRange(0.0041, 0.005, 0.004, 0.0045, 4), since, false),
            new(commits, database, 1234.56, new UsualRange(310, 40, 100, 400, 0), since, false),
            new(commits, database, 10, new UsualRange(310, 60, 290, 330, 3), since.AddHours(-6), true),
        ];
        Golden.Check("tests/Unit/Observe/Anomalies/Golden/sentences.txt", string.Join('\n', all.Select(one => AnomalyText.Of(one, AnomalyText.Before(one, deploys), now))));
    }

    private static AnomalyVerdict Run(params Series[] series)
    {
        var last = series.Max(one => one.Points[^1].Time);
        return AnomalySearch.Run(new SeriesList(series), [Calls], DateTimeOffset.FromUnixTimeMilliseconds(last + 60_000));
    }

    private static LabelSet Labels(string database) => LabelSet.Of("calls_total", ("target", "t"), ("datname", database));

    private static IEnumerable<Point> Counter(IEnumerable<double> rates)
    {
        var total = 0.0;
        yield return new Point(Start - 1_000, 0);
        foreach (var (i, rate) in rates.Index())
            yield return new Point(Start + ((i + 1) * RateBuckets.Span) - 1_000, total += rate * 600);
    }
}
