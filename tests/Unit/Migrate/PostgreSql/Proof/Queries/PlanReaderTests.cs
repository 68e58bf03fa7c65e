using Lockkeeper.Migrate.PostgreSql.Proof.Queries;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Proof.Queries;

/// <summary>What of a plan is its shape.</summary>
public sealed class PlanReaderTests
{
    private const string Plan =
        """
        [{"Plan": {"Node Type": "Sort", "Total Cost": 12.5, "Plans": [{"Node Type": "Hash Join", "Join Type": "Left", "Plans": [
            {"Node Type": "Index Scan", "Index Name": "orders_new", "Relation Name": "orders"},
            {"Node Type": "Hash", "Plans": [{"Node Type": "Seq Scan", "Relation Name": "customers"}]}]}]}}]
        """;

    [Fact]
    public void readings_and_joins_count_and_sorts_and_hashes_do_not()
    {
        var plan = new PlanReader(name => name).Read(Plan);
        plan.Nodes.ShouldBe(["Hash Join (Left)", "Index Scan using orders_new on orders", "Seq Scan on customers"]);
        plan.Cost.ShouldBe(12.5);
    }

    [Fact]
    public void a_renamed_index_is_the_one_that_it_was() =>
        new PlanReader(name => name == "orders_new" ? "orders_old" : name).Read(Plan).Nodes[1].ShouldBe("Index Scan using orders_old on orders");

    [Fact]
    public void what_is_written_to_is_not_read() =>
        new PlanReader(name => name).Read("""[{"Plan": {"Node Type": "ModifyTable", "Relation Name": "orders", "Total Cost": 1, "Plans": [{"Node Type": "Result"}]}}]""").Nodes.ShouldBeEmpty();
}
