using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>How near sequences are to their end. The end is that of the column that they fill, where it comes first: a bigint sequence behind an integer column.</summary>
internal static class Sequences
{
    /// <summary>
    /// Reading a sequence takes a lock on it that waits for whoever alters it (init_sequence takes RowExclusiveLock), so those with a stronger one are left out. The value is read of the rest only, and only
    /// where the role may: elsewhere it is NULL and counted.
    /// </summary>
    private const string From =
        """
        FROM (SELECT n.nspname, c.relname, s.seqincrement, has_sequence_privilege(c.oid, 'SELECT,USAGE') AS readable,
                     least(s.seqmax, CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 ELSE 9223372036854775807 END) AS most,
                     CASE WHEN has_sequence_privilege(c.oid, 'SELECT,USAGE') AND NOT c.oid = ANY (ARRAY(SELECT relation FROM pg_locks WHERE locktype = 'relation' AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))) THEN pg_sequence_last_value(c.oid) END AS last
              FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
              LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
              LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
              WHERE NOT s.seqcycle AND s.seqincrement > 0 AND (c.relpersistence = 'p' OR (c.relpersistence = 'u' AND NOT pg_is_in_recovery()))) q
        """;

    private static readonly MetricQuery summary = new(
        "sequences",
        [new("datname", "current_database()")],
        [
            Gauge("lockkeeper_sequence_used_max_ratio", "coalesce(max(q.last::float8 / q.most), 0)", "How much of the sequence that is nearest to its end is used.") with { Grant = "SELECT or USAGE on the sequences" },
            Gauge("lockkeeper_sequences_unreadable", "count(*) FILTER (WHERE NOT q.readable)", "Sequences that the role may not read."),
        ],
        From);

    private static readonly MetricQuery near = new(
        "sequences.near",
        [new("datname", "current_database()"), new("schemaname", "q.nspname"), new("sequencename", "q.relname")],
        [Gauge("lockkeeper_sequence_used_ratio", "q.last::float8 / q.most", "How much of the sequence, or of the column that it fills, is used; those past a half.") with { Grant = "SELECT or USAGE on the sequences" }],
        From + " WHERE q.last::float8 / q.most > 0.5 ORDER BY 4 DESC LIMIT 100");

    public static ICollector Create() => new QueryCollector("sequences", CollectorScope.Database, summary, near) { Interval = TimeSpan.FromMinutes(5) };
}
