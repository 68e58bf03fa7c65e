using System.Globalization;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>golang-migrate: <c>schema_migrations(version bigint, dirty boolean)</c> with one row, the last version. There are no checksums.</summary>
/// <remarks>Source: database/postgres/postgres.go of golang-migrate v4, SetVersion: the table is emptied and one row written; none when the last migration was undone.</remarks>
internal sealed class GolangMigrateHistory : IForeignHistory
{
    public string Name => "golang-migrate";

    public IReadOnlyList<string> Formats => ["lockkeeper"];

    public IReadOnlyList<ForeignTable> Tables => [new("schema_migrations", new ForeignColumn("version", "bigint"), new ForeignColumn("dirty", "boolean")) { NoOtherColumns = true }];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"/* lk:migrate.golang_migrate */ SELECT version, dirty FROM {table.Sql} LIMIT 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        // A negative version is none: it is what 'migrate force -1' leaves.
        if (!await reader.ReadAsync(cancel) || reader.GetInt64(0) < 0)
            return [];
        var id = reader.GetInt64(0).ToString(CultureInfo.InvariantCulture);
        var version = MigrationVersion.TryParse(id, out var parsed) ? parsed : null;
        var dirty = reader.GetBoolean(1);
        return
        [
            new ForeignRow(MigrationKey.Of(MigrationKind.Versioned, version, id), id, "", dirty ? ForeignOutcome.Failed : ForeignOutcome.Applied)
            {
                CoversOlder = true,
                LookAt = dirty ? $"Look which statements of version {id} are in place, finish or undo them, and say so with 'migrate force {id}' or 'migrate force' of the version before." : null,
            },
        ];
    }

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) => ChecksumAnswer.None;

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry) =>
    [
        // A migration that came late leaves the version where it is.
        new($"/* lk:migrate.mirror */ DELETE FROM {table.Sql} WHERE version < $1", Number(entry.Migration)),
        new($"/* lk:migrate.mirror */ INSERT INTO {table.Sql} (version, dirty) SELECT $1, false WHERE NOT EXISTS (SELECT FROM {table.Sql})", Number(entry.Migration)),
    ];

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) =>
    [
        new($"/* lk:migrate.mirror */ DELETE FROM {table.Sql}"),
        .. entry.Before is { Version: not null } before ? [new ForeignStatement($"/* lk:migrate.mirror */ INSERT INTO {table.Sql} (version, dirty) VALUES ($1, false)", Number(before))] : Array.Empty<ForeignStatement>(),
    ];

    /// <summary>The file's number; golang-migrate reads leading digits as an unsigned 64-bit number and stores it as bigint.</summary>
    private static long Number(Migration migration) => long.Parse(migration.Version!.Text, NumberStyles.None, CultureInfo.InvariantCulture);
}
