using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>A constraint that an ALTER TABLE adds.</summary>
/// <param name="Part">The part of the statement.</param>
/// <param name="Constraint">The constraint's node.</param>
/// <param name="NewColumn">The node of the new column that it comes with; null for ADD CONSTRAINT.</param>
internal sealed record NewConstraint(AlterTablePart Part, TreeNode Constraint, TreeNode? NewColumn)
{
    /// <summary>Its kind in PostgreSQL's words: <c>CONSTR_CHECK</c>.</summary>
    public string Type => Constraint.Text("contype") ?? "";

    /// <summary>Its name; null when the server chooses one.</summary>
    public string? Name => Constraint.Text("conname");

    /// <summary>Whether rows that are there are left unchecked.</summary>
    public bool IsNotValid => Constraint.Is("skip_validation");

    /// <summary>The index that it takes over; null when it builds one or needs none.</summary>
    public string? UsingIndex => Constraint.Text("indexname");

    /// <summary>Its columns, the own one of a column's constraint included.</summary>
    public IReadOnlyList<string> Columns => NewColumn is { } column ? [column.Text("colname") ?? ""]
        : Type == "CONSTR_FOREIGN" ? Constraint.Strings("fk_attrs") : Constraint.Strings("keys");

    /// <summary>The other table of a foreign key, by its full name.</summary>
    public string? References => Constraint.Node("pktable") is { } other ? Part.Statement.NameOf(other) : null;

    /// <summary>A finding about the table at this constraint.</summary>
    public Finding Find(RuleInfo rule, string message, string? hint = null) => Part.Find(rule, message, Constraint, hint);
}
