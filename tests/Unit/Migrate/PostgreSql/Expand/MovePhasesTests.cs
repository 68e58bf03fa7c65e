using Lockkeeper.Migrate.PostgreSql.Expand;
using Lockkeeper.Tests.TestKit;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Expand;

/// <summary>The files of columns that move, as people read them.</summary>
public sealed class MovePhasesTests
{
    [Fact]
    public void columns_move_with_what_is_made_over_them_alone()
    {
        var orders = new TableFacts(1, "public", "orders", "orders", ["tenant", "id", "street", "total"], ["tenant", "id"], [], new HashSet<string>(["orders"])) { Grants = [new ColumnGrant("SELECT", "reader", false)] };
        var street = Column("street", "text") with { NotNull = true, Default = "'none'::text", Comment = "and number" };
        var index = new Dependent(DependentKind.Index, "public", "orders", "orders", "orders_street_idx", "CREATE INDEX orders_street_idx ON public.orders USING btree (street)", null, null, true);
        var files = new MovePhases(new TableMove
        {
            From = orders, To = orders with { Name = "addresses", Written = "addresses" }, Key = [Column("tenant", "integer"), Column("id", "bigint")], Columns = [street],
            Pairs = [new(index, index with { Table = "addresses", Written = "addresses", Definition = "CREATE INDEX orders_street_idx ON public.addresses USING btree (street)" }, "addresses_street_idx")], Lost = [],
            KeyName = "addresses_pkey", TieName = "addresses_tenant_id_fkey",
        }).Files.SelectMany(file => new[] { $"-- ==== {file.Slug}.up.sql\n{file.Up}", $"-- ==== {file.Slug}.down.sql\n{file.Down}" });
        Golden.Check("tests/Unit/Migrate/PostgreSql/Expand/Golden/move-columns.sql", string.Join('\n', files));
    }

    private static ColumnFacts Column(string name, string type) => new()
    {
        Name = name, Type = type, NotNull = false, Default = null, Identity = null, IsGenerated = false, Collation = null, Storage = null, StatisticsTarget = null, Comment = null, Sequence = null, Grants = [],
    };
}
