using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>Diesel: <c>__diesel_schema_migrations(version, run_on)</c>, a row a version without its dashes. There are no checksums.</summary>
/// <remarks>Source: diesel's migration_harness.rs and diesel_migrations' setup, unchanged from Diesel 1 to 2.</remarks>
internal sealed class DieselHistory : IForeignHistory
{
    public string Name => "diesel";

    public IReadOnlyList<string> Formats => ["diesel"];

    public IReadOnlyList<ForeignTable> Tables => [new("__diesel_schema_migrations", new ForeignColumn("version", "character varying"), new ForeignColumn("run_on"))];

    public Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel) =>
        VersionRows.ReadAsync(Name, connection, table, cancel, "run_on AT TIME ZONE current_setting('TimeZone')");

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) => ChecksumAnswer.None;

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry) =>
        [VersionRows.Add(table, entry)];

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) => [VersionRows.Remove(table, entry)];
}
