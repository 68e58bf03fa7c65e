using System.Collections.Concurrent;
using System.Globalization;
using Lockkeeper.Observe.Metrics;
using NpgsqlTypes;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>The texts of statements by their query id. Each is read once.</summary>
/// <remarks>
/// For the text of one statement the server reads its whole file of texts into memory; it may be hundreds of megabytes. So it is asked when there are new statements, never more than once in five
/// minutes, and once an hour when the file was found to be large. The collector's back-off holds on top of that.
/// </remarks>
internal sealed class StatementTexts : ICollector
{
    private const string Extension = "pg_stat_statements";
    private const int LongestText = 8_192;
    /// <summary>The most characters of all texts that are kept: 8 MB. Where thousands are long each has its part of them.</summary>
    private const int MostCharacters = 4 * 1024 * 1024;

    private const int ShortestText = 256;
    private const double LargeFile = 64 * 1024 * 1024;

    private static readonly MetricDescription size = new("lockkeeper_statement_texts_bytes", MetricKind.Gauge, "Size of all texts that pg_stat_statements kept when they were read last.") { Topic = "statement_texts", Extension = Extension, Grant = "pg_read_all_stats" };
    private static readonly MetricDescription known = new("lockkeeper_statement_texts", MetricKind.Gauge, "Statements whose text is known here.") { Topic = "statement_texts", Extension = Extension, Grant = "pg_read_all_stats" };

    private readonly ConcurrentDictionary<long, string> texts = [];
    private readonly Dictionary<long, string> labels = [];
    private HashSet<long> present = [];
    private double bytes;

    public string Name => "statement_texts";

    public CollectorScope Scope => CollectorScope.Server;

    public TimeSpan Interval => bytes > LargeFile ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(5);

    public IReadOnlyList<MetricDescription> Metrics { get; } = [size, known];

    /// <summary>The text of a statement; null when it is not known yet.</summary>
    public string? Of(long queryId) => texts.GetValueOrDefault(queryId);

    /// <summary>The id as it stands in a label; the same string at each scrape.</summary>
    public string Label(long queryId) => labels.TryGetValue(queryId, out var label) ? label : labels[queryId] = queryId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Says which statements there are; those that are gone are forgotten.</summary>
    public void Seen(IEnumerable<long> queryIds)
    {
        present = [.. queryIds];
        foreach (var gone in labels.Keys.Where(id => !present.Contains(id)).ToList())
        {
            labels.Remove(gone);
            texts.TryRemove(gone, out _);
        }
    }

    public async Task CollectAsync(CollectorCall call, CancellationToken cancel)
    {
        var missing = present.Where(id => !texts.ContainsKey(id)).ToArray();
        if (missing.Length > 0)
            await ReadAsync(call, missing, cancel);
        call.Samples.Add(size, bytes);
        call.Samples.Add(known, texts.Count);
    }

    private async Task ReadAsync(CollectorCall call, long[] missing, CancellationToken cancel)
    {
        var command = await call.Session.CommandAsync(
            $"""
            /* lk:observe.statement_texts */
            SELECT s.queryid, CASE WHEN s.queryid = ANY ($1) THEN left(s.query, $2) END, octet_length(s.query)::float8
            FROM {call.Can.Extensions[Extension].Schema}.pg_stat_statements(true) s WHERE s.queryid IS NOT NULL
            """,
            cancel,
            NpgsqlDbType.Array | NpgsqlDbType.Bigint,
            NpgsqlDbType.Integer);
        command.Parameters[0].Value = missing;
        command.Parameters[1].Value = Math.Clamp((MostCharacters - texts.Values.Sum(text => text.Length)) / missing.Length, ShortestText, LongestText);
        var all = 0.0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            all += await reader.IsDBNullAsync(2, cancel) ? 0 : reader.GetDouble(2);
            if (!await reader.IsDBNullAsync(1, cancel))
                texts[reader.GetInt64(0)] = reader.GetString(1);
        }

        bytes = all;
    }
}
