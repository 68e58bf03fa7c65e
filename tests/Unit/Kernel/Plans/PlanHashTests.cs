using Lockkeeper.Kernel.Plans;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Plans;

public sealed class PlanHashTests
{
    private static readonly Step First = new("1", "adds a table", "CREATE TABLE a()", new Undo(UndoKind.Written, "DROP TABLE a"), Impact.None);
    private static readonly Plan Sample = new("sample", "prod", "shop", [First, First with { Id = "2" }]);

    [Fact]
    public void an_approval_is_for_target_order_and_scripts()
    {
        Hash(Sample with { Environment = "dev" }).ShouldNotBe(Sample.Hash);
        Hash(Sample with { Database = "crm" }).ShouldNotBe(Sample.Hash);
        Hash(Sample with { Steps = [Sample.Steps[1], Sample.Steps[0]] }).ShouldNotBe(Sample.Hash);
        Hash(Sample with { Steps = [First] }).ShouldNotBe(Sample.Hash);
        Hash(Sample with { Steps = [First with { Script = "CREATE TABLE b()" }, Sample.Steps[1]] }).ShouldNotBe(Sample.Hash);
        Hash(Sample with { Steps = [First with { Undo = Undo.None }, Sample.Steps[1]] }).ShouldNotBe(Sample.Hash);
    }

    [Fact]
    public void the_words_around_a_plan_do_not_change_its_hash() =>
        Hash(Sample with { Title = "another title", Steps = [First with { Words = "other words" }, Sample.Steps[1]] }).ShouldBe(Sample.Hash);

    private static string Hash(Plan plan) => new Plan(plan.Title, plan.Environment, plan.Database, plan.Steps).Hash;
}
