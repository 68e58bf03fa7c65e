using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.PostgreSql.Adoption;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Reads and writes the history tables of a target.</summary>
internal static class HistoryQueries
{
    /// <summary>Everything a target knows about a series; the tables are there. One round trip.</summary>
    public static async Task<(IReadOnlyList<HistoryRow> Rows, RecordedSchema? Recorded, IReadOnlyList<InterruptedMigration> Interrupted, ReleaseRow? Release, AdoptionRecord? Adoption)> ReadAsync(
        NpgsqlConnection connection, HistoryKey key, CancellationToken cancel)
    {
        var series = key.Text;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(With(
            """
            /* lk:migrate.history */
            SELECT applied_order, id, kind, name, file, sha256, artifact, run, applied_by, applied_at, duration_ms, outcome
            FROM lockkeeper.migrations WHERE series = $1 ORDER BY applied_order
            """, series));
        batch.BatchCommands.Add(With(
            """
            /* lk:migrate.read_snapshot */
            SELECT fingerprint, objects, taken_at, last_order >= (SELECT coalesce(max(applied_order), 0) FROM lockkeeper.migrations WHERE $1 = '' OR series = $1)
                -- What a run that died has done of a script since then, or may have done, is no drift. A backfill that runs alone changes rows only.
                AND NOT EXISTS (SELECT FROM lockkeeper.intents i WHERE ($1 = '' OR i.series = $1) AND NOT starts_with(i.id, 'backfill:') AND (i.sha256 IS NOT NULL OR i.started_at > taken_at))
            FROM lockkeeper.snapshot WHERE scope = $1
            """, key.SnapshotScope));
        batch.BatchCommands.Add(With(
            """
            /* lk:migrate.read_intents */
            SELECT id, done, CASE WHEN sha256 IS NOT NULL THEN done + 1 END, undo FROM lockkeeper.intents WHERE series = $1 ORDER BY started_at
            """, series));
        batch.BatchCommands.Add(With(
            """
            /* lk:migrate.last_release */
            SELECT artifact, environment, run, outcome, changed_at FROM lockkeeper.releases WHERE series = $1 ORDER BY changed_at DESC LIMIT 1
            """, series));
        batch.BatchCommands.Add(AdoptionQueries.Select(key));
        await using var reader = await batch.ExecuteReaderAsync(cancel);

        var rows = new List<HistoryRow>();
        while (await reader.ReadAsync(cancel))
            rows.Add(Row(reader));
        await reader.NextResultAsync(cancel);
        var recorded = await reader.ReadAsync(cancel)
            ? new RecordedSchema(reader.GetString(0), reader.GetFieldValue<byte[]>(1), reader.GetBoolean(3), reader.GetFieldValue<DateTimeOffset>(2))
            : null;
        await reader.NextResultAsync(cancel);
        var interrupted = new List<InterruptedMigration>();
        while (await reader.ReadAsync(cancel))
            interrupted.Add(new InterruptedMigration(reader.GetString(0), reader.GetInt32(1), await reader.IsDBNullAsync(2, cancel) ? null : reader.GetInt32(2), reader.GetBoolean(3)));
        await reader.NextResultAsync(cancel);
        var release = await reader.ReadAsync(cancel) ? Release(reader) : null;
        await reader.NextResultAsync(cancel);
        var adoption = await AdoptionQueries.ReadAsync(reader, cancel);
        return (rows, recorded, interrupted, release, adoption);
    }

    public static async Task<ReleaseRow?> ReadReleaseAsync(NpgsqlConnection connection, HistoryKey key, string artifact, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "/* lk:migrate.read_release */ SELECT artifact, environment, run, outcome, changed_at FROM lockkeeper.releases WHERE series = $1 AND artifact = $2", connection)
        { Parameters = { new() { Value = key.Text }, new() { Value = artifact } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Release(reader) : null;
    }

    /// <summary>A migration that is applied again after it was undone takes its old row, with a new place in the order.</summary>
    public const string TakePlaceOfUndone =
        """
        ON CONFLICT (series, id) DO UPDATE SET kind = excluded.kind, name = excluded.name, file = excluded.file, sha256 = excluded.sha256,
            artifact = excluded.artifact, run = excluded.run, applied_by = excluded.applied_by, applied_at = excluded.applied_at,
            duration_ms = excluded.duration_ms, outcome = excluded.outcome, applied_order = DEFAULT
        """;

    /// <summary>The command that records a migration as applied; it runs in the migration's own transaction.</summary>
    /// <remarks>Without a duration it is the transaction's, by the server's clock, so that the row needs no second round trip.</remarks>
    public static NpgsqlBatchCommand RecordApplied(Migration migration, RunStamp stamp, TimeSpan? duration = null) => With(
        $"""
        /* lk:migrate.record_applied */
        INSERT INTO lockkeeper.migrations (series, id, kind, name, file, sha256, artifact, run, applied_by, applied_at, duration_ms, outcome)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp(),
            coalesce($10::float8, 0) + extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000, 'applied')
        {TakePlaceOfUndone}
        """,
        stamp.Key.Text, migration.Id, KindName(migration.Kind), migration.Name, migration.Up.File, migration.Up.Sha256, stamp.Artifact, stamp.Run, stamp.Actor, Milliseconds(duration));

    /// <summary>The command that records a migration as undone; it takes a new place in the order, so that a snapshot from before counts as old.</summary>
    public static NpgsqlBatchCommand RecordUndone(Migration migration, RunStamp stamp, TimeSpan? duration = null) => With(
        """
        /* lk:migrate.record_undone */
        UPDATE lockkeeper.migrations SET outcome = 'rolled_back', run = $3, applied_by = $4, applied_at = clock_timestamp(),
            duration_ms = coalesce($5::float8, 0) + extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000, applied_order = DEFAULT
        WHERE series = $1 AND id = $2
        """,
        stamp.Key.Text, migration.Id, stamp.Run, stamp.Actor, Milliseconds(duration));

    /// <summary>Whether a run recorded a migration: asked after a connection was lost during COMMIT.</summary>
    public static async Task<bool> IsRecordedAsync(NpgsqlConnection connection, Migration migration, RunStamp stamp, bool undo, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "/* lk:migrate.is_recorded */ SELECT EXISTS (SELECT FROM lockkeeper.migrations WHERE series = $1 AND id = $2 AND run = $3 AND (outcome = 'rolled_back') = $4)", connection)
        { Parameters = { new() { Value = stamp.Key.Text }, new() { Value = migration.Id }, new() { Value = stamp.Run }, new() { Value = undo } } };
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    /// <summary>How long each of the last migrations took that a run applied, by id.</summary>
    public static async Task<IReadOnlyDictionary<string, TimeSpan>> DurationsAsync(NpgsqlConnection connection, int last, RunStamp stamp, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "/* lk:migrate.durations */ SELECT id, duration_ms FROM lockkeeper.migrations WHERE series = $1 AND run = $2 AND outcome = 'applied' ORDER BY applied_order DESC LIMIT $3", connection)
        { Parameters = { new() { Value = stamp.Key.Text }, new() { Value = stamp.Run }, new() { Value = last } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var durations = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
            durations.Add(reader.GetString(0), TimeSpan.FromMilliseconds(reader.GetDouble(1)));
        return durations;
    }

    public static NpgsqlBatchCommand Edit(HistoryEdit edit, RunStamp stamp)
    {
        if (edit.Row is not { } row)
            return With("/* lk:migrate.remove_row */ DELETE FROM lockkeeper.migrations WHERE series = $1 AND id = $2", stamp.Key.Text, edit.Id);
        return With(
            """
            /* lk:migrate.edit_row */
            INSERT INTO lockkeeper.migrations (series, id, kind, name, file, sha256, artifact, run, applied_by, applied_at, duration_ms, outcome)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp(), 0, $10)
            ON CONFLICT (series, id) DO UPDATE SET name = excluded.name, file = excluded.file, sha256 = excluded.sha256
            """,
            stamp.Key.Text, edit.Id, KindName(row.Kind), row.Name, row.File, row.Sha256, stamp.Artifact, stamp.Run, stamp.Actor, OutcomeName(row.Outcome));
    }

    public static IEnumerable<NpgsqlBatchCommand> RecordRelease(RunStamp stamp, ReleaseOutcome? outcome, SchemaState? schema)
    {
        if (outcome is { } far)
        {
            yield return With(
                """
                /* lk:migrate.record_release */
                INSERT INTO lockkeeper.releases (series, artifact, environment, run, outcome, changed_at) VALUES ($1, $2, $3, $4, $5, clock_timestamp())
                ON CONFLICT (series, artifact) DO UPDATE SET environment = excluded.environment, run = excluded.run, outcome = excluded.outcome, changed_at = excluded.changed_at
                """,
                stamp.Key.Text, stamp.Artifact, stamp.Environment, stamp.Run, ReleaseName(far));
        }

        if (schema is null)
            yield break;
        yield return With(
            """
            /* lk:migrate.record_snapshot */
            INSERT INTO lockkeeper.snapshot (scope, fingerprint, objects, last_order, run, taken_at)
            SELECT $4, $1, $2, coalesce(max(applied_order), 0), $3, clock_timestamp() FROM lockkeeper.migrations WHERE $4 = '' OR series = $4
            ON CONFLICT (scope) DO UPDATE SET fingerprint = excluded.fingerprint, objects = excluded.objects, last_order = excluded.last_order, run = excluded.run, taken_at = excluded.taken_at
            """,
            schema.Fingerprint, schema.Bytes, stamp.Run, stamp.Key.SnapshotScope);
    }

    /// <summary>A command with positional parameters.</summary>
    public static NpgsqlBatchCommand With(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    private static object Milliseconds(TimeSpan? duration) => (object?)duration?.TotalMilliseconds ?? DBNull.Value;

    private static HistoryRow Row(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), Kind(row.GetString(2)), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7), row.GetString(8),
        row.GetFieldValue<DateTimeOffset>(9), TimeSpan.FromMilliseconds(row.GetDouble(10)), Outcome(row.GetString(11)));

    private static ReleaseRow Release(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), ReleaseOutcomeOf(row.GetString(3)), row.GetFieldValue<DateTimeOffset>(4));

    public static string KindName(MigrationKind kind) => kind switch { MigrationKind.Repeatable => "repeatable", MigrationKind.Baseline => "baseline", MigrationKind.Planned => "planned", _ => "versioned" };

    private static MigrationKind Kind(string name) => name switch { "repeatable" => MigrationKind.Repeatable, "baseline" => MigrationKind.Baseline, "planned" => MigrationKind.Planned, _ => MigrationKind.Versioned };

    public static string OutcomeName(HistoryOutcome outcome) => outcome switch { HistoryOutcome.Baseline => "baseline", HistoryOutcome.RolledBack => "rolled_back", _ => "applied" };

    private static HistoryOutcome Outcome(string name) => name switch { "baseline" => HistoryOutcome.Baseline, "rolled_back" => HistoryOutcome.RolledBack, _ => HistoryOutcome.Applied };

    private static string ReleaseName(ReleaseOutcome outcome) => outcome switch
    {
        ReleaseOutcome.Passed => "passed", ReleaseOutcome.Failed => "failed", ReleaseOutcome.RolledBack => "rolled_back", _ => "applied",
    };

    public static ReleaseOutcome ReleaseOutcomeOf(string name) => name switch
    {
        "passed" => ReleaseOutcome.Passed, "failed" => ReleaseOutcome.Failed, "rolled_back" => ReleaseOutcome.RolledBack, _ => ReleaseOutcome.Applied,
    };
}
