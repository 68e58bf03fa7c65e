using System.Text.Json;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
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
        var (text, name) = (statement.Parsed.Text, statement.NameOf(relation));
        if (Backfill.KeyOf(statement.Before.Table(name)) is not { } key)
            return FixedStatement.Stays(statement, $"{statement.Words(name)} has no primary key of one column that is known, and batches go along it");
        if (statement.Node.Node("withClause") is not null || statement.Node.List("returningList").Any())
            return FixedStatement.Stays(statement, "a statement with WITH or RETURNING cannot be cut into batches");
        if (statement.Kind == "UpdateStmt" && NotRepeatable(statement.Node, key) is { } reason)
            return FixedStatement.Stays(statement, reason);
        var batches = Backfill.Of(relation.Relation(), key, condition => WithCondition(text, condition), relation.Node("alias")?.Text("aliasname") is { } alias ? SqlName.Of(alias) : null);
        return new FixedStatement([batches], [$"the rows of {statement.Short(name)} are changed in batches of a few thousand, each committed by itself"]);
    }

    private static string WithCondition(string text, string condition)
    {
        var where = StatementText.IndexOfWord(text, "where");
        return where < 0 ? $"{text} WHERE {condition}" : $"{text[..where]}WHERE ({text[(where + "where".Length)..].Trim()}) AND {condition}";
    }

    /// <summary>Why a second run over a row would change it again: a run that is stopped between two batches starts from the first one.</summary>
    private static string? NotRepeatable(JsonElement update, string key)
    {
        var targets = update.List("targetList", "ResTarget").ToList();
        var assigned = targets.Select(target => target.Text("name") ?? "").ToHashSet(StringComparer.Ordinal);
        if (assigned.Contains(key))
            return "it changes the primary key that batches would go along";
        var read = targets.SelectMany(target => target.Node("val") is { } value ? ColumnNames.In(value) : []);
        return read.FirstOrDefault(assigned.Contains) is { } twice
            ? $"the new value of {twice} is made from the old one: a run that is stopped in the middle and starts again would change some rows twice"
            : null;
    }
}
