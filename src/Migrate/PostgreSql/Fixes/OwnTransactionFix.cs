using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>Statements that are safe as they are once each of them commits by itself.</summary>
internal sealed class OwnTransactionFix : IStatementFix
{
    public IReadOnlyList<string> Rules { get; } =
        ["validate-in-same-transaction", "enum-value-used-in-same-transaction", "several-strong-locks-held", "statements-while-holding-lock", "ddl-and-dml-on-one-table", "ban-concurrent-index-creation-in-transaction"];

    public FixedStatement? Fix(LintedStatement statement, IReadOnlySet<string> rules) =>
        new([statement.Parsed.Text], ["each statement commits by itself, so that no lock is held through the next one"]);
}
