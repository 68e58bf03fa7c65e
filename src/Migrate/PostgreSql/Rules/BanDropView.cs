using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>DROP VIEW without another in its place.</summary>
internal sealed class BanDropView : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-drop-view", "a view is dropped", Severity.Warning, RuleSet.Recommended)
    {
        Why = "An application or a report that still reads the view fails.",
        Fix = "Release an application that does not use the view first. To change a view, use CREATE OR REPLACE VIEW, or drop and create it in one transaction.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        for (var index = 0; index < script.Statements.Length; index++)
        {
            var statement = script.Statements[index];
            if (statement.Kind != "DropStmt" || statement.Node.Text("removeType") is not ("OBJECT_VIEW" or "OBJECT_MATVIEW"))
                continue;
            foreach (var view in statement.DroppedNames())
            {
                if (!statement.IsLive(view) || (script.InTransaction && script.Statements.Skip(index + 1).Any(later => Makes(later, view))))
                    continue;
                yield return statement.Find(Info, $"view {statement.Short(view)} is dropped, and what still reads it fails", subject: view);
            }
        }
    }

    private static bool Makes(LintedStatement later, string name) => later.Kind switch
    {
        "ViewStmt" => later.NameOf("view") == name,
        "CreateStmt" => later.NameOf("relation") == name,
        "CreateTableAsStmt" => later.Node.Node("into")?.Node("rel") is { } made && later.NameOf(made) == name,
        "RenameStmt" => later.NameOf("relation") is { } other && later.Node.Text("newname") is { } to && QualifiedName.Beside(other, to) == name,
        _ => false,
    };
}
