using System.Globalization;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.PostgreSql.Collectors;
using Lockkeeper.Observe.Top;

namespace Lockkeeper.Observe.PostgreSql.Top;

/// <summary>What statements have cost between one reading and the next.</summary>
internal sealed class StatementRates
{
    /// <summary>Chosen after the differences were taken: a top of totals makes false rates.</summary>
    private const int Most = 200;

    private Dictionary<string, Totals>? before;
    private long beforeAt;
    private IReadOnlyList<TopQuery>? last;

    /// <summary>Those that were executed since the reading before, the most time first; null at the first.</summary>
    public IReadOnlyList<TopQuery>? Since(CollectorOutcome outcome, StatementTexts texts, TimeProvider clock)
    {
        // A collector that rests gives out what it had.
        if (outcome.EndedAt == beforeAt)
            return last;
        var now = Read(outcome.Samples);
        if (before is { } old)
        {
            var seconds = clock.GetElapsedTime(beforeAt, outcome.EndedAt).TotalSeconds;
            last = [.. now.Values.Select(one => one.Since(old.GetValueOrDefault(one.Key))).Where(one => one.Calls > 0).OrderByDescending(one => one.Seconds).Take(Most).Select(one => Of(one, seconds, texts))];
        }

        (before, beforeAt) = (now, outcome.EndedAt);
        return last;
    }

    private static TopQuery Of(Totals delta, double seconds, StatementTexts texts)
    {
        var id = long.Parse(delta.Labels[2], CultureInfo.InvariantCulture);
        return new TopQuery(id, delta.Labels[1], delta.Labels[0])
        {
            Text = texts.Of(id) is { } text ? StatementMask.Of(text) : null,
            Calls = delta.Calls,
            CallsPerSecond = delta.Calls / seconds,
            Load = delta.Seconds / seconds,
            MeanMilliseconds = delta.Seconds / delta.Calls * 1000,
            RowsPerCall = delta.Rows / delta.Calls,
            BlocksReadPerSecond = delta.Reads / seconds,
        };
    }

    /// <summary>All columns of a row share the array of its labels.</summary>
    private static Dictionary<string, Totals> Read(SampleSet samples)
    {
        var (calls, seconds, rows, reads) = (Values(samples, "pg_stat_statements_calls_total"), Values(samples, "pg_stat_statements_seconds_total"), Values(samples, "pg_stat_statements_rows_total"), Values(samples, "lockkeeper_statement_shared_blocks_read_total"));
        var totals = new Dictionary<string, Totals>(calls.Count, StringComparer.Ordinal);
        for (var i = 0; i < calls.Count; i++)
        {
            var labels = calls[i].Labels;
            var key = string.Join('\0', labels);
            totals[key] = new Totals(key, labels, calls[i].Value, seconds[i].Value, rows[i].Value, reads[i].Value);
        }

        return totals;
    }

    private static IReadOnlyList<SeriesValue> Values(SampleSet samples, string metric) => samples.Of(metric) is [var values] ? values.Values : [];

    private sealed record Totals(string Key, string[] Labels, double Calls, double Seconds, double Rows, double Reads)
    {
        /// <summary>Numbers that fell have begun anew.</summary>
        public Totals Since(Totals? old) =>
            old is null || old.Calls > Calls ? this : this with { Calls = Calls - old.Calls, Seconds = Math.Max(0, Seconds - old.Seconds), Rows = Math.Max(0, Rows - old.Rows), Reads = Math.Max(0, Reads - old.Reads) };
    }
}
