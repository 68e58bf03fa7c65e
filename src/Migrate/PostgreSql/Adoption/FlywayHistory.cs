using System.Globalization;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>Flyway: <c>flyway_schema_history</c>, a row an action, the order by <c>installed_rank</c>; undone and deleted migrations have a second row.</summary>
/// <remarks>Source: Flyway's PostgreSQLDatabase.getRawCreateScript and JdbcTableSchemaHistory, and the types of CoreMigrationType; unchanged from Flyway 5 to 11.</remarks>
internal sealed class FlywayHistory : IForeignHistory
{
    public string Name => "flyway";

    public IReadOnlyList<string> Formats => ["flyway"];

    public IReadOnlyList<ForeignTable> Tables =>
    [
        Layout("flyway_schema_history"),
        // Flyway 4 and older; Flyway 5 to 8 went on with it when 'table' said so.
        Layout("schema_version"),
    ];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"/* lk:migrate.flyway */ SELECT version, description, type, script, checksum, installed_by, installed_on AT TIME ZONE current_setting('TimeZone'), success FROM {table.Sql} ORDER BY installed_rank", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var inPlace = new List<ForeignRow>();
        while (await reader.ReadAsync(cancel))
        {
            var type = reader.GetString(2);
            // Flyway's own notes that it made the table or schemas.
            if (type is "SCHEMA" or "TABLE")
                continue;
            var row = Row(reader, type);
            // A repeatable migration has a row each time it ran; an undone or deleted one has a second row that takes the first away.
            inPlace.RemoveAll(before => before.Key == row.Key);
            if (!(type == "DELETE" || (type.StartsWith("UNDO_", StringComparison.Ordinal) && row.Outcome != ForeignOutcome.Failed)))
                inPlace.Add(row);
        }

        return inPlace;
    }

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files)
    {
        if (row.Checksum is null)
            return ChecksumAnswer.None;
        var text = TextOf(migration, files);
        var answer = ChecksumAnswer.Of(row.Checksum, FlywayChecksum.Of(text));
        return answer.Verdict == ChecksumVerdict.Differs && FlywayChecksum.OlderOf(text).Contains(row.Checksum)
            ? new ChecksumAnswer(ChecksumVerdict.Same, $"checksum {row.Checksum} of an older Flyway, which counted line ends; 'flyway repair' renews it")
            : answer;
    }

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry) =>
        [Insert(table, entry, entry.Migration.Up, entry.Migration.Kind == MigrationKind.Baseline ? "SQL_BASELINE" : "SQL", FlywayChecksum.Of(TextOf(entry.Migration, entry.Files)))];

    public IReadOnlyList<ForeignStatement> Repaired(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ UPDATE {table.Sql} SET checksum = $1 WHERE installed_rank = (SELECT max(installed_rank) FROM {table.Sql} WHERE version = $2 AND type NOT LIKE 'UNDO%' AND success)", int.Parse(FlywayChecksum.Of(TextOf(entry.Migration, entry.Files)), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), entry.Migration.Version!.Text)];

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) =>
        [Insert(table, entry, entry.Migration.Down!, "UNDO_SQL", FlywayChecksum.Of(entry.Migration.Down!.Text))];

    private static ForeignTable Layout(string name) => new(
        name, new ForeignColumn("installed_rank", "integer"), new ForeignColumn("version", "character varying"), new ForeignColumn("description", "character varying"),
        new ForeignColumn("type", "character varying"), new ForeignColumn("script", "character varying"), new ForeignColumn("checksum", "integer"),
        new ForeignColumn("installed_by", "character varying"), new ForeignColumn("installed_on"), new ForeignColumn("execution_time", "integer"), new ForeignColumn("success", "boolean"));

    private static ForeignRow Row(NpgsqlDataReader reader, string type)
    {
        var (version, description) = (reader.IsDBNull(0) ? null : reader.GetString(0), reader.GetString(1));
        var success = reader.GetBoolean(7);
        // INIT is what Flyway 2 called a baseline.
        var baseline = type is "BASELINE" or "INIT";
        var kind = type.EndsWith("_BASELINE", StringComparison.Ordinal) ? MigrationKind.Baseline : MigrationKind.Versioned;
        return new ForeignRow(KeyOf(version, description, kind), version ?? description, reader.GetString(3), !success ? ForeignOutcome.Failed : baseline ? ForeignOutcome.Baseline : ForeignOutcome.Applied)
        {
            CoversOlder = baseline || kind == MigrationKind.Baseline,
            Checksum = reader.IsDBNull(4) || baseline ? null : reader.GetInt32(4).ToString(CultureInfo.InvariantCulture),
            By = reader.GetString(5),
            At = reader.GetFieldValue<DateTimeOffset>(6),
            LookAt = success ? null : $"Look what {reader.GetString(3)} left behind, finish or undo it, and run 'flyway repair', which removes the failed row.",
        };
    }

    private static MigrationKey KeyOf(string? version, string description, MigrationKind kind) =>
        version is not null && MigrationVersion.TryParse(version, out var parsed)
            ? MigrationKey.Of(kind, parsed, version)
            : MigrationKey.Of(MigrationKind.Repeatable, null, $"R:{description}");

    /// <summary>What Flyway takes the checksum of: a repeatable migration with its placeholders replaced runs again when one of them changes.</summary>
    private static string TextOf(Migration migration, SeriesFiles files) => migration.Kind == MigrationKind.Repeatable ? files.Replaced(migration.Up) : migration.Up.Text;

    private static ForeignStatement Insert(QualifiedTable table, ForeignEntry entry, MigrationScript script, string type, string checksum) => new(
        $"""
        /* lk:migrate.mirror */
        INSERT INTO {table.Sql} (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
        SELECT coalesce(max(installed_rank), 0) + 1, $1::varchar, $2, $3, $4, $5, current_user,
               (extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000)::integer, true
        FROM {table.Sql}
        """,
        entry.Migration.Version?.Text, entry.Migration.Name, type, entry.Files.PathInFolder(script), int.Parse(checksum, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
}
