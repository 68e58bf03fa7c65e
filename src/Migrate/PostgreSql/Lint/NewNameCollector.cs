using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Gathers the names that a statement gives.</summary>
/// <param name="statement">The statement.</param>
internal sealed class NewNameCollector(LintedStatement statement)
{
    private List<NewName>? found;

    public IReadOnlyList<NewName> Found => found ?? (IReadOnlyList<NewName>)[];

    /// <summary>A name, if there is one.</summary>
    public void Add(string what, string? name, TreeNode? node)
    {
        if (name is { Length: > 0 })
            (found ??= []).Add(new NewName(statement, what, name, node));
    }

    public void AddRelation(string what, TreeNode? rangeVar) => Add(what, rangeVar?.Text("relname"), rangeVar);

    /// <summary>Columns, each with its constraints.</summary>
    public void AddColumns(TreeNode[] columns)
    {
        foreach (var column in columns)
        {
            Add("column", column.Text("colname"), column);
            AddConstraints(column.List("constraints", "Constraint"));
        }
    }

    public void AddConstraints(TreeNode[] constraints)
    {
        foreach (var constraint in constraints)
            Add("constraint", constraint.Text("conname"), constraint);
    }
}
