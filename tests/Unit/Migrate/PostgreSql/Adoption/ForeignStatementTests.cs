using Lockkeeper.Migrate.PostgreSql.Adoption;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Adoption;

public sealed class ForeignStatementTests
{
    [Fact]
    public void a_script_has_the_values_in_place_of_the_parameters() =>
        new ForeignStatement("INSERT INTO t VALUES ($1, $2::text, $3, $10)", "it's", null, true, 0, 0, 0, 0, 0, 0, -5L).ToScript().ShouldBe("INSERT INTO t VALUES ('it''s', NULL::text, true, -5);");
}
