using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.PostgreSql;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate;

public sealed class PsqlScriptFileTests
{
    [Theory]
    [InlineData("BEGIN;\nSELECT 1;\nCOMMIT;\n", "SELECT 1")]
    [InlineData("-- Deploy x to pg\nbegin;\n\nSELECT 1;\nSELECT 2;\n\nend work;", "SELECT 1 | SELECT 2")]
    [InlineData("SET client_min_messages = 'warning';\nSTART TRANSACTION;SELECT 1;COMMIT TRANSACTION", "SET client_min_messages = 'warning' | SELECT 1")]
    [InlineData("BEGIN;\n-- Add DDLs here.\nCOMMIT;\n", "")]
    [InlineData("-- nothing\n", "")]
    [InlineData("SELECT 1;\n", "SELECT 1")]
    [InlineData("\\set ON_ERROR_STOP on\n\\timing\n\\pset format unaligned\n\\echo 'it''s'\nBEGIN;\n\\set QUIET 1\nSELECT 1;\nCOMMIT;\n", "SELECT 1")]
    [InlineData("BEGIN;\nSELECT '\n\\set QUIET 1\n';\nCOMMIT;\n", "SELECT '\n\\set QUIET 1\n'")]
    public void a_script_for_psql_is_read_without_its_own_transaction_and_display_commands(string text, string statements) =>
        Read(text, ScriptStyle.Psql).ShouldBe(statements);

    [Theory]
    [InlineData("BEGIN;\nSELECT 1;\nROLLBACK;\n")]
    [InlineData("BEGIN;\nSELECT 1;\nCOMMIT;\n")]
    [InlineData("SELECT 1;\n")]
    public void a_verify_script_may_end_with_rollback(string text) => Read(text, ScriptStyle.PsqlVerify).ShouldBe("SELECT 1");

    [Theory]
    [InlineData("SELECT 1;\n\\i other.sql\n", 2)]
    [InlineData("\\set ON_ERROR_STOP off\nSELECT 1;\n", 1)]
    [InlineData("\\set schema app\nSELECT 1;\n", 1)]
    [InlineData("\\set QUIET 1 \\! rm x\nSELECT 1;\n", 1)]
    [InlineData("\\echo `date`\nSELECT 1;\n", 1)]
    [InlineData("SELECT 1 \\gset\n", 1)]
    [InlineData("\\encoding LATIN1\nSELECT 1;\n", 1)]
    public void a_command_of_psql_that_does_more_is_refused_with_its_place(string text, int line)
    {
        var refused = Should.Throw<LockkeeperException>(() => Read(text, ScriptStyle.Psql));
        refused.Code.ShouldBe(SqlErrors.MetaCommand);
        refused.At!.Line.ShouldBe(line);
    }

    [Fact]
    public void other_formats_keep_their_refusal()
    {
        Should.Throw<LockkeeperException>(() => Read("\\timing\nSELECT 1;\n", ScriptStyle.Statements)).Code.ShouldBe(SqlErrors.MetaCommand);
        Should.Throw<LockkeeperException>(() => Read("-- nothing", ScriptStyle.Statements)).Code.ShouldBe(MigrateErrors.EmptyFile);
    }

    private static string Read(string text, ScriptStyle style)
    {
        var script = MigrationScript.Of(text, "deploy/a.sql") with { Style = style };
        var prepared = ScriptPreparation.Prepare(script, ScriptText.Of(text), null);
        prepared.InTransaction.ShouldBeTrue();
        return string.Join(" | ", prepared.Statements.Select(statement => statement.Sql.Text));
    }
}
