using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Questions about a ColumnDef node.</summary>
internal static class NewColumns
{
    /// <summary>Whether rows that are there get a value: a default other than NULL, an identity, a generation, a serial.</summary>
    public static bool HasDefault(TreeNode column) =>
        Default(column) is { } value ? !IsNull(value) : TypeOf(column)?.IsSerial == true || Has(column, "CONSTR_IDENTITY") || Has(column, "CONSTR_GENERATED");

    /// <summary>The default's expression; null when there is none.</summary>
    public static TreeNode? Default(TreeNode column) =>
        column.List("constraints", "Constraint").Where(constraint => constraint.Text("contype") == "CONSTR_DEFAULT").Select(constraint => constraint.Node("raw_expr")).FirstOrDefault();

    /// <summary>Whether it has a constraint of a kind, such as <c>CONSTR_NOTNULL</c>.</summary>
    public static bool Has(TreeNode column, string contype) => column.List("constraints", "Constraint").Any(constraint => constraint.Text("contype") == contype);

    /// <summary>Its type; null when none is written.</summary>
    public static ColumnType? TypeOf(TreeNode column) => column.Node("typeName") is { } type ? ColumnType.Of(type) : null;

    private static bool IsNull(TreeNode expression)
    {
        var (kind, node) = expression.Unwrap();
        return kind == "A_Const" ? node.Is("isnull") : kind == "TypeCast" && node.Node("arg") is { } inner && IsNull(inner);
    }
}
