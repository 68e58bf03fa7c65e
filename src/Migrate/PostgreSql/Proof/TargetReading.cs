using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Proof;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>Reads a target's sizes and traffic, in read-only transactions. What the role may not see is left out and said.</summary>
/// <param name="target">The target.</param>
internal sealed class TargetReading(PostgreSqlServer target)
{
    private readonly List<string> notChecked = [];

    /// <summary>Reads them.</summary>
    public async Task<TargetFacts> ReadAsync(CancellationToken cancel)
    {
        await using var connection = await target.OpenAsync(cancel);
        var sizes = await SizesAsync(connection, cancel);
        var (traffic, source) = await StatementsAsync(connection, sizes.Keys, cancel);
        if (traffic is null)
            (traffic, source) = (await CountersAsync(connection, cancel), "the counters of the tables");
        return new TargetFacts(sizes, traffic, await OpenAsync(connection, cancel), source, notChecked);
    }

    private static async Task<IReadOnlyDictionary<string, RelationSize>> SizesAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        // relpages and reltuples need no lock on the table; they are as old as the last VACUUM or ANALYZE.
        var rows = await Rows.ReadAsync(connection,
            """
            /* lk:migrate.proof_sizes */
            SELECT format('%I.%I', n.nspname, c.relname), (greatest(c.relpages, 0)::int8 + coalesce(greatest(t.relpages, 0), 0)) * current_setting('block_size')::int8, greatest(c.reltuples, 0)::int8
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
            WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'lockkeeper')
            """, reader => (Name: Shown(reader.GetString(0)), Size: new RelationSize(reader.GetInt64(1), reader.GetInt64(2))), cancel);
        return rows.ToDictionary(row => row.Name, row => row.Size, StringComparer.Ordinal);
    }

    /// <summary>What pg_stat_statements has seen; null where it is not there or not to be read.</summary>
    private async Task<(IReadOnlyList<Traffic>? Traffic, string Source)> StatementsAsync(NpgsqlConnection connection, IEnumerable<string> relations, CancellationToken cancel)
    {
        if (await SchemaAsync(connection, cancel) is not { } schema)
        {
            notChecked.Add("the target has no pg_stat_statements: how often a lock keeps statements waiting is estimated from the counters of its tables");
            return (null, "");
        }

        try
        {
            var since = connection.PostgreSqlVersion.Major >= 14
                ? $"(SELECT extract(epoch FROM now() - stats_reset) FROM {SqlText.Qualified(schema, "pg_stat_statements_info")})"
                : "(SELECT extract(epoch FROM now() - coalesce(stats_reset, pg_postmaster_start_time())) FROM pg_stat_database WHERE datname = current_database())";
            var statements = await Rows.ReadAsync(connection,
                $"""
                /* lk:migrate.proof_statements */
                SELECT query, calls / greatest({since}, 1)::float8, mean_exec_time, stddev_exec_time FROM {SqlText.Qualified(schema, "pg_stat_statements")}
                WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query NOT LIKE '/* lk:%' ORDER BY calls DESC LIMIT 1000
                """, reader => (Query: reader.IsDBNull(0) ? "" : reader.GetString(0), PerSecond: reader.GetDouble(1), Mean: reader.GetDouble(2), Deviation: reader.GetDouble(3)), cancel);
            if (statements.Count(statement => statement.Query == "<insufficient privilege>") is > 0 and var hidden)
                notChecked.Add($"{hidden} of the target's statements belong to other roles and are not shown to this one (pg_read_all_stats would): they are missing from the forecast");
            var known = relations.ToHashSet(StringComparer.Ordinal);
            return ([.. statements.SelectMany(statement => Split(statement.Query, statement.PerSecond, statement.Mean, statement.Deviation)).Where(traffic => known.Contains(traffic.Relation))], "pg_stat_statements");
        }
        catch (PostgresException e) when (!ServerErrors.IsConnectionLost(e))
        {
            notChecked.Add($"pg_stat_statements cannot be read ({e.MessageText}): how often a lock keeps statements waiting is estimated from the counters of the target's tables");
            return (null, "");
        }
    }

    /// <summary>The relations that a statement works on.</summary>
    private static IEnumerable<Traffic> Split(string query, double perSecond, double mean, double deviation)
    {
        StatementFacts facts;
        try
        {
            facts = SqlParser.Analyze(new SqlStatement(query.AsMemory(), 0, new SourcePosition("pg_stat_statements", 1, 1)));
        }
        catch (LockkeeperException)
        {
            // Cut off by track_activity_query_size, or newer than the grammar.
            yield break;
        }

        if (facts.Command is not ("SELECT" or "INSERT" or "UPDATE" or "DELETE" or "MERGE" or "COPY"))
            yield break;
        foreach (var held in facts.Locks)
            yield return new Traffic(Shown(held.Relation), held.Mode is not ("ACCESS SHARE" or "ROW SHARE"), perSecond, mean, deviation);
    }

    private static async Task<IReadOnlyList<Traffic>> CountersAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await Rows.ReadAsync(connection,
            """
            /* lk:migrate.proof_counters */
            SELECT format('%I.%I', schemaname, relname), (coalesce(seq_scan, 0) + coalesce(idx_scan, 0)) / s.seconds, (n_tup_ins + n_tup_upd + n_tup_del) / s.seconds
            FROM pg_stat_user_tables, (SELECT greatest(extract(epoch FROM now() - coalesce(stats_reset, pg_postmaster_start_time())), 1)::float8 AS seconds FROM pg_stat_database WHERE datname = current_database()) s
            """, reader => (Name: Shown(reader.GetString(0)), Reads: reader.GetDouble(1), Writes: reader.GetDouble(2)), cancel);
        return [.. rows.SelectMany(row => new[] { new Traffic(row.Name, false, row.Reads, 0, 0), new Traffic(row.Name, true, row.Writes, 0, 0) })];
    }

    private async Task<IReadOnlyList<OpenTransaction>> OpenAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await Rows.ReadAsync(connection,
            """
            /* lk:migrate.proof_open */
            SELECT format('%I.%I', n.nspname, c.relname), l.mode, extract(epoch FROM clock_timestamp() - a.xact_start)::float8, a.usename IS NOT NULL AND a.xact_start IS NULL
            FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid() AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_'
            """, reader => (Name: Shown(reader.GetString(0)), Mode: reader.GetString(1), Age: reader.IsDBNull(2) ? (double?)null : reader.GetDouble(2)), cancel);
        if (rows.Any(row => row.Age is null))
            notChecked.Add("for how long the target's transactions are open is not shown to this role (pg_read_all_stats would)");
        return [.. rows.Where(row => LockTable.Strength(row.Mode) > 0).Select(row => new OpenTransaction(row.Name, LockTable.Lock(row.Name, LockTable.Strength(row.Mode)).Blocks, LockTable.Strength(row.Mode) >= 3, row.Age))];
    }

    private static async Task<string?> SchemaAsync(NpgsqlConnection connection, CancellationToken cancel) => (await Rows.ReadAsync(connection,
        "/* lk:migrate.proof_extension */ SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'", reader => reader.GetString(0), cancel)).FirstOrDefault();

    private static string Shown(string name) => name.StartsWith("public.", StringComparison.Ordinal) ? name["public.".Length..] : name;
}
