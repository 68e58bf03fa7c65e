namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Recognises constants.</summary>
public static class Constant
{
    /// <summary>Whether an expression is TRUE, <c>true::boolean</c> or <c>'t'::boolean</c>.</summary>
    /// <param name="expression">The expression's wrapper.</param>
    public static bool IsTrue(TreeNode expression)
    {
        var (kind, node) = expression.Unwrap();
        return kind switch
        {
            "A_Const" => node.Node("boolval")?.Is("boolval") == true
                         || node.Node("sval")?.Text("sval")?.ToUpperInvariant() is "T" or "TRUE" or "ON" or "1" or "YES" or "Y",
            "TypeCast" => node.Node("arg") is { } inner && IsTrue(inner),
            _ => false,
        };
    }

    /// <summary>Whether an expression is NULL.</summary>
    /// <param name="expression">The expression's wrapper.</param>
    public static bool IsNull(TreeNode expression)
    {
        var (kind, node) = expression.Unwrap();
        return kind switch
        {
            "A_Const" => node.Is("isnull"),
            "TypeCast" => node.Node("arg") is { } inner && IsNull(inner),
            _ => false,
        };
    }
}
