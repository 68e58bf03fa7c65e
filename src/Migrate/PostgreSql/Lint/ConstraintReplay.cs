using System.Collections.Immutable;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Constraints that come and go, and the indexes behind them.</summary>
internal static class ConstraintReplay
{
    /// <summary>What is known after a constraint was added.</summary>
    /// <param name="before">What is known before.</param>
    /// <param name="table">The table's full name.</param>
    /// <param name="constraint">The constraint's node.</param>
    /// <param name="column">The node of the column that it stands at; null when it stands by itself.</param>
    public static KnownSchema Add(KnownSchema before, string table, TreeNode constraint, TreeNode? column)
    {
        var own = column?.Text("colname");
        return constraint.Text("contype") switch
        {
            "CONSTR_CHECK" => With(before, table, constraint, ConstraintKind.Check, NeverNull(constraint), "check"),
            "CONSTR_FOREIGN" => With(before, table, constraint, ConstraintKind.ForeignKey, own is null ? Names(constraint, "fk_attrs") : [own], "fkey"),
            "CONSTR_PRIMARY" => WithIndex(before, table, constraint, ConstraintKind.Primary, own, "pkey"),
            "CONSTR_UNIQUE" => WithIndex(before, table, constraint, ConstraintKind.Unique, own, "key"),
            "CONSTR_EXCLUSION" => With(before, table, constraint, ConstraintKind.Exclusion, [], "excl"),
            _ => before,
        };
    }

    /// <summary>The columns that a CHECK surely keeps from being NULL: those of <c>c IS NOT NULL</c>, alone or joined by AND.</summary>
    public static ImmutableList<string> NeverNull(TreeNode constraint) =>
        constraint.Node("raw_expr") is { } expression ? NeverNullBy(expression) : [];

    /// <summary>The same of an expression in its wrapper.</summary>
    public static ImmutableList<string> NeverNullBy(TreeNode expression) => [.. NeverNullIn(expression)];

    private static IEnumerable<string> NeverNullIn(TreeNode expression)
    {
        var (kind, node) = expression.Unwrap();
        if (kind == "NullTest" && node.Text("nulltesttype") == "IS_NOT_NULL" && node.Node("arg")?.Node("ColumnRef") is { } column)
            return column.Strings("fields").TakeLast(1);
        return kind == "BoolExpr" && node.Text("boolop") == "AND_EXPR" ? node.List("args").SelectMany(NeverNullIn) : [];
    }

    private static KnownSchema WithIndex(KnownSchema before, string table, TreeNode constraint, ConstraintKind kind, string? own, string suffix)
    {
        var after = before;
        var columns = own is null ? Names(constraint, "keys") : [own];
        if (constraint.Text("indexname") is { } taken)
        {
            var index = before.Indexes.GetValueOrDefault(QualifiedName.Beside(table, taken));
            columns = index?.Columns.OfType<string>().ToImmutableList() ?? columns;
        }

        after = With(after, table, constraint, kind, columns, suffix);
        if (constraint.Text("indexname") is null)
        {
            var name = QualifiedName.Beside(table, NameOf(table, constraint, columns, suffix));
            after = after with { Indexes = after.Indexes.SetItem(name, new KnownIndex(name, table, [.. columns]) { IsUnique = true, Mentions = columns, CreatedIn = before.Release }) };
        }

        return kind != ConstraintKind.Primary ? after : after.Change(table, known => columns.Aggregate(known, (made, column) => made.Change(column, one => one with { NotNull = true })));
    }

    private static KnownSchema With(KnownSchema before, string table, TreeNode constraint, ConstraintKind kind, ImmutableList<string> columns, string suffix)
    {
        var mentions = kind == ConstraintKind.Check && constraint.Node("raw_expr") is { } expression ? ExpressionColumns.Of(expression).Names : columns;
        // A check is named after its column only where it reads no other.
        var named = kind != ConstraintKind.Check ? columns : mentions.Count == 1 ? mentions : [];
        var added = new KnownConstraint(NameOf(table, constraint, named, suffix), kind, columns, !constraint.Is("skip_validation"))
        {
            References = constraint.Node("pktable") is { } other ? QualifiedName.Of(other, before.DefaultSchema) : null,
            Mentions = mentions,
        };
        return before.Change(table, known => known with { Constraints = known.Constraints.Add(added) });
    }

    private static ImmutableList<string> Names(TreeNode constraint, string field) => [.. constraint.Strings(field)];

    /// <summary>The name, or the one that the server gives: table, columns and a suffix (ChooseConstraintName in PostgreSQL's pg_constraint.c), cut to 63 bytes there and not here.</summary>
    private static string NameOf(string table, TreeNode constraint, ImmutableList<string> columns, string suffix)
    {
        if ((constraint.Text("conname") ?? constraint.Text("indexname")) is { } written)
            return written;
        var relation = table[(table.LastIndexOf('.') + 1)..].Trim('"');
        return suffix == "pkey" || columns.Count == 0 ? $"{relation}_{suffix}" : $"{relation}_{string.Join('_', columns)}_{suffix}";
    }
}
