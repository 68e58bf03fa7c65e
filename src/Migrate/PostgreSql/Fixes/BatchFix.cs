using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.PostgreSql.Backfills;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>UPDATE and DELETE over a whole table become batches along its primary key.</summary>
internal sealed class BatchFix : IStatementFix
{
    public IReadOnlyList<string> Rules { get; } = ["backfill-in-one-statement", "update-without-where", "delete-without-where"];

    public FixedStatement? Fix(LintedStatement statement, IReadOnlySet<string> rules)
    {
        if (statement.Kind is not ("UpdateStmt" or "DeleteStmt") || statement.Node.Node("relation") is not { } relation)
            return null;
        var name = statement.NameOf(relation);
        if (Backfill.KeyColumnsOf(statement.Before.Table(name)) is not { Count: > 0 } key)
            return FixedStatement.Stays(statement, $"{statement.Words(name)} has no primary key that is known, and batches go along it");
        try
        {
            BackfillShape.Require(statement.Parsed);
        }
        catch (LockkeeperException e)
        {
            return FixedStatement.Stays(statement, e.Message);
        }

        if (statement.Kind == "UpdateStmt" && AssignedColumns.Of(statement.Node).FirstOrDefault(key.Contains) is { } changed)
            return FixedStatement.Stays(statement, $"it changes {changed}, which is of the primary key that batches would go along");
        return new FixedStatement([Backfill.Of(statement.Parsed.Text)], [$"the rows of {statement.Short(name)} are changed in batches, each committed by itself"]);
    }
}
