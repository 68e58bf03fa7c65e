using Lockkeeper.Migrate.PostgreSql.Adoption;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Adoption;

public sealed class ForeignTableTests
{
    private static readonly ForeignTable GolangMigrate = new GolangMigrateHistory().Tables[0];

    [Fact]
    public void a_table_is_known_by_its_columns_and_not_by_its_name_alone()
    {
        GolangMigrate.Fits(Columns(("version", "bigint"), ("dirty", "boolean"))).ShouldBeTrue();
        GolangMigrate.Fits(Columns(("version", "character varying"))).ShouldBeFalse();
        GolangMigrate.Fits(Columns(("version", "character varying"), ("dirty", "boolean"))).ShouldBeFalse();
    }

    [Fact]
    public void a_table_with_other_columns_is_somebody_elses() =>
        GolangMigrate.Fits(Columns(("version", "bigint"), ("dirty", "boolean"), ("checksum", "text"))).ShouldBeFalse();

    private static Dictionary<string, string> Columns(params (string Name, string Type)[] columns) => columns.ToDictionary(column => column.Name, column => column.Type);
}
