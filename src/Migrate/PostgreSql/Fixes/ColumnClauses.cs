using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>One clause of a column's definition: DEFAULT, NOT NULL, REFERENCES.</summary>
/// <param name="Type">Its kind in PostgreSQL's words.</param>
/// <param name="Node">Its node.</param>
/// <param name="Start">Where it starts in the part's text.</param>
/// <param name="End">Where it ends.</param>
internal sealed record ColumnClause(string Type, TreeNode Node, int Start, int End);

/// <summary>The clauses of a column's definition, with their places: each ends where the next one starts.</summary>
internal sealed class ColumnClauses
{
    private readonly string text;

    public ColumnClauses(AlterTablePart part, TreeNode column, string text, int offset)
    {
        this.text = text;
        var starts = column.List("constraints", "Constraint").Select(node => (Node: node, Start: part.Statement.Parsed.OffsetOf(node) - offset)).OrderBy(one => one.Start).ToList();
        All = [.. starts.Select((one, i) => new ColumnClause(one.Node.Text("contype") ?? "", one.Node, one.Start, i + 1 < starts.Count ? starts[i + 1].Start : text.Length))];
    }

    /// <summary>All of them in order.</summary>
    public IReadOnlyList<ColumnClause> All { get; }

    /// <summary>The text of one.</summary>
    public string TextOf(ColumnClause clause) => text[clause.Start..clause.End].Trim();

    /// <summary>The part without some of them.</summary>
    public string Without(IReadOnlyList<ColumnClause> clauses)
    {
        var rest = text;
        foreach (var clause in clauses.OrderByDescending(clause => clause.Start))
            rest = rest[..clause.Start] + rest[clause.End..];
        return string.Join(' ', rest.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim();
    }
}
