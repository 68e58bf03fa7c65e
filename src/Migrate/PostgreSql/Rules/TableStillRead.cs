using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A dropped or renamed table that the target's statements still name.</summary>
internal sealed class TableStillRead : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("table-still-read", "a table is dropped or renamed that the applications still name", Severity.Error, RuleSet.Recommended)
    {
        Why = "The target's own statistics (pg_stat_statements) hold statements that name the table: they fail from now on.",
        Fix = "Release an application that does not name it, reset the statistics (pg_stat_statements_reset), and look again after a day.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        if (script.Target is not { } target)
            yield break;
        foreach (var statement in script.Statements)
        {
            var (tables, what) = statement.Kind switch
            {
                "DropStmt" when statement.Node.Text("removeType") is "OBJECT_TABLE" or "OBJECT_VIEW" or "OBJECT_MATVIEW" or "OBJECT_FOREIGN_TABLE" => (statement.DroppedNames(), "dropped"),
                "RenameStmt" when statement.Node.Text("renameType") is "OBJECT_TABLE" or "OBJECT_VIEW" or "OBJECT_MATVIEW" or "OBJECT_FOREIGN_TABLE" && statement.NameOf("relation") is { } table => ([table], "renamed"),
                _ => ([], ""),
            };
            foreach (var gone in tables)
            {
                if (statement.IsLive(gone) && !IsBack(script, gone) && Readers.OfTable(target, statement.Before, gone) is { } readers)
                    yield return statement.Find(Info, $"{statement.Words(gone)} is {what}, and {readers}", subject: gone);
            }
        }
    }

    /// <summary>Another relation takes its name in the same file.</summary>
    private static bool IsBack(LintedScript script, string table) => script.Of("ViewStmt").Any(made => made.NameOf("view") == table)
        || script.Of("CreateStmt").Any(made => made.NameOf("relation") == table)
        || script.Of("RenameStmt").Any(other => other.NameOf("relation") is { } from && other.Node.Text("newname") is { } to && QualifiedName.Beside(from, to) == table);
}
