using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>dbmate: <c>schema_migrations(version varchar)</c>, a row a version. There are no checksums.</summary>
/// <remarks>Source: pkg/driver/postgres/postgres.go of dbmate 2.36: InsertMigration and DeleteMigration.</remarks>
internal sealed class DbmateHistory : IForeignHistory
{
    public string Name => "dbmate";

    public IReadOnlyList<string> Formats => ["dbmate"];

    public IReadOnlyList<ForeignTable> Tables => [new("schema_migrations", new ForeignColumn("version", "character varying")) { NoOtherColumns = true }];

    public Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel) =>
        VersionRows.ReadAsync(Name, connection, table, cancel);

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) => ChecksumAnswer.None;

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry) =>
        [VersionRows.Add(table, entry)];

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) => [VersionRows.Remove(table, entry)];
}
