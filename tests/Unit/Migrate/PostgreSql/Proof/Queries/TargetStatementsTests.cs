using Lockkeeper.Migrate.PostgreSql.Proof.Queries;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Proof.Queries;

/// <summary>Which of pg_stat_statements' texts can be prepared, and as what.</summary>
public sealed class TargetStatementsTests
{
    [Theory]
    [InlineData("SELECT a FROM t WHERE b = $1", "SELECT a FROM t WHERE b = $1")]
    [InlineData("/* app:web */ select 1;", "select 1")]
    [InlineData("WITH x AS (SELECT $1) DELETE FROM t", "WITH x AS (SELECT $1) DELETE FROM t")]
    [InlineData("SELECT now() - interval $1, DATE $2, timestamp with time zone $3", "SELECT now() - CAST($1 AS interval), CAST($2 AS DATE), CAST($3 AS timestamp with time zone)")]
    [InlineData("SELECT update $1", "SELECT update $1")]
    public void a_statement_with_a_plan_keeps_its_text_but_for_constants_of_a_named_type(string seen, string prepared) => TargetStatements.Prepared(seen).ShouldBe(prepared);

    [Theory]
    [InlineData("SET search_path = $1")]
    [InlineData("CREATE TABLE t (a int)")]
    [InlineData("BEGIN")]
    [InlineData("SELECT 'cut off")]
    [InlineData("")]
    public void what_has_no_plan_is_left_out(string seen) => TargetStatements.Prepared(seen).ShouldBeNull();
}
