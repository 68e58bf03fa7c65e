using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.PostgreSql;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate;

public sealed class OwnTransactionTests
{
    [Theory]
    [InlineData("BEGIN;\nSELECT 1;\nCOMMIT;\n", "SELECT 1")]
    [InlineData(";\nbegin transaction;\n;\nSELECT 1;\n;\nend;\n", "SELECT 1")]
    [InlineData("SET search_path = app;\nSTART TRANSACTION;\nSAVEPOINT a;\nSELECT 1;\nCOMMIT WORK;", "SET search_path = app | SAVEPOINT a | SELECT 1")]
    [InlineData("BEGIN;\nCOMMIT;\n", "")]
    [InlineData("BEGIN;\nSELECT 1;\nCOMMIT;\nROLLBACK;\n", "SELECT 1")]
    public void one_transaction_around_a_whole_file_gives_way_to_the_migrations_own(string text, string statements)
    {
        var prepared = Prepare(text, ScriptStyle.Statements);
        prepared.InTransaction.ShouldBeTrue();
        string.Join(" | ", prepared.Statements.Select(statement => statement.Sql.Text)).ShouldBe(statements);
    }

    [Theory]
    [InlineData("BEGIN;\nSELECT 1;\nROLLBACK;\n", 1)]
    [InlineData("BEGIN;\nSELECT 1;\nCOMMIT;\nSELECT 2;\n", 1)]
    [InlineData("SELECT 1;\nBEGIN;\nSELECT 1;\nCOMMIT;\n", 2)]
    [InlineData("BEGIN;\nSELECT 1;\nCOMMIT;\nBEGIN;\nSELECT 2;\nCOMMIT;", 3)]
    [InlineData("BEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT 1;\nCOMMIT;", 1)]
    [InlineData("BEGIN;\nSELECT 1;\nCOMMIT AND CHAIN;", 1)]
    [InlineData("SELECT 1;\nCOMMIT;", 2)]
    [InlineData("-- lk: no-transaction\nBEGIN;\nSELECT 1;\nCOMMIT;", 2)]
    public void any_other_transaction_control_is_refused_with_its_place(string text, int line)
    {
        foreach (var style in new[] { ScriptStyle.Statements, ScriptStyle.Psql })
        {
            var refused = Should.Throw<LockkeeperException>(() => Prepare(text, style));
            refused.Code.ShouldBe(MigrateErrors.TransactionControl);
            refused.At!.Line.ShouldBe(line);
        }
    }

    [Fact]
    public void what_cannot_run_in_a_transaction_is_refused_in_one_of_the_files_own()
    {
        var refused = Should.Throw<LockkeeperException>(() => Prepare("BEGIN;\nCREATE INDEX CONCURRENTLY a_b ON a (b);\nCOMMIT;", ScriptStyle.Statements));
        refused.Code.ShouldBe(MigrateErrors.NeedsNoTransaction);
        refused.At!.Line.ShouldBe(2);
    }

    private static PreparedSql Prepare(string text, ScriptStyle style) => ScriptPreparation.Prepare(MigrationScript.Of(text, "0001.sql") with { Style = style }, ScriptText.Of(text), null);
}
