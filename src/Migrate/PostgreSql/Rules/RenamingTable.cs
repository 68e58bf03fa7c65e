using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A table or view gets another name, or moves to another schema.</summary>
internal sealed class RenamingTable : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("renaming-table", "a table or view gets another name or schema", Severity.Error, RuleSet.Recommended)
    {
        Why = "The running application still uses the old name and fails from the moment of the rename until its new version is everywhere; going back breaks the new version in the same way.",
        Fix = "Rename it and create a view under the old name in the same transaction; drop the view when no version of the application needs it. A view of one table takes INSERT, UPDATE and DELETE, but not ON CONFLICT with a constraint's name.",
        Peers = ["squawk renaming-table", "Atlas BC101", "strong_migrations rename_table"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        for (var index = 0; index < script.Statements.Length; index++)
        {
            var statement = script.Statements[index];
            if (NewName(statement) is not { } to || statement.NameOf("relation") is not { } table || !statement.IsLive(table))
                continue;
            // With the old name back in the same transaction nobody sees it missing.
            var back = script.InTransaction && script.Statements.Skip(index + 1).Any(later => Gives(later, table));
            yield return back
                ? statement.Find(Info with { Severity = Severity.Info }, $"{statement.Words(table)} is called {to} from now on, and what takes its old name must do for the running application", subject: table)
                : statement.Find(Info, $"{statement.Words(table)} is called {to} from now on, and an application that uses the old name fails", subject: table);
        }
    }

    private static string? NewName(LintedStatement statement) => statement.Kind switch
    {
        "RenameStmt" when statement.Node.Text("renameType") is "OBJECT_TABLE" or "OBJECT_VIEW" or "OBJECT_MATVIEW" or "OBJECT_FOREIGN_TABLE" => statement.Node.Text("newname"),
        "AlterObjectSchemaStmt" when statement.Node.Text("objectType") is "OBJECT_TABLE" or "OBJECT_VIEW" or "OBJECT_MATVIEW" or "OBJECT_FOREIGN_TABLE" =>
            SqlName.Of(statement.Node.Text("newschema"), statement.Node.Node("relation")?.Text("relname") ?? ""),
        _ => null,
    };

    private static bool Gives(LintedStatement later, string name) => later.Kind switch
    {
        "ViewStmt" => later.NameOf("view") == name,
        "RenameStmt" => later.NameOf("relation") is { } other && later.Node.Text("newname") is { } to && QualifiedName.Beside(other, to) == name,
        _ => false,
    };
}
