using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>Reads and writes what Lockkeeper's own tables keep of an adoption.</summary>
internal static class AdoptionQueries
{
    /// <summary>The command that reads the record of a series' adoption.</summary>
    public static NpgsqlBatchCommand Select(HistoryKey key) => HistoryQueries.With(
        "/* lk:migrate.adoption */ SELECT tool, table_schema, table_name, format, adopted_at, left_at FROM lockkeeper.adoptions WHERE series = $1", key.Text);

    /// <summary>The record out of the answer to <see cref="Select"/>.</summary>
    public static async Task<AdoptionRecord?> ReadAsync(NpgsqlDataReader row, CancellationToken cancel) => !await row.ReadAsync(cancel)
        ? null
        : new AdoptionRecord(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4), await row.IsDBNullAsync(5, cancel) ? null : row.GetFieldValue<DateTimeOffset>(5));

    /// <summary>Records that a series is adopted and its tool's table kept up to date from now on.</summary>
    public static NpgsqlBatchCommand Record(AdoptionRecord adoption, RunStamp stamp) => HistoryQueries.With(
        """
        /* lk:migrate.record_adoption */
        INSERT INTO lockkeeper.adoptions (series, tool, table_schema, table_name, format, run, adopted_by, adopted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
        ON CONFLICT (series) DO UPDATE SET tool = excluded.tool, table_schema = excluded.table_schema, table_name = excluded.table_name, format = excluded.format,
            run = excluded.run, adopted_by = excluded.adopted_by, adopted_at = excluded.adopted_at, left_at = NULL
        """,
        stamp.Key.Text, adoption.Tool, adoption.Schema, adoption.Table, adoption.Format, stamp.Run, stamp.Actor);

    /// <summary>Records that the tool's table is not kept up to date any more.</summary>
    public static NpgsqlBatchCommand Leave(RunStamp stamp) =>
        HistoryQueries.With("/* lk:migrate.leave */ UPDATE lockkeeper.adoptions SET left_at = clock_timestamp() WHERE series = $1 AND left_at IS NULL", stamp.Key.Text);

    /// <summary>Writes a row for what another tool applied or undid. It takes a new place in the order, so that a snapshot from before counts as old.</summary>
    public static NpgsqlBatchCommand TakeOver(HistoryRow row, RunStamp stamp) => HistoryQueries.With(
        """
        /* lk:migrate.take_over */
        INSERT INTO lockkeeper.migrations (series, id, kind, name, file, sha256, artifact, run, applied_by, applied_at, duration_ms, outcome)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11)
        ON CONFLICT (series, id) DO UPDATE SET kind = excluded.kind, name = excluded.name, file = excluded.file, sha256 = excluded.sha256, artifact = excluded.artifact, run = excluded.run,
            applied_by = excluded.applied_by, applied_at = excluded.applied_at, duration_ms = excluded.duration_ms, outcome = excluded.outcome, applied_order = DEFAULT
        """,
        stamp.Key.Text, row.Id, HistoryQueries.KindName(row.Kind), row.Name, row.File, row.Sha256, stamp.Artifact, stamp.Run, row.By, row.At.ToUniversalTime(), HistoryQueries.OutcomeName(row.Outcome));
}
