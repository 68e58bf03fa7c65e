using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>What a statement does to a time limit, by SET, RESET or set_config().</summary>
internal static class Timeouts
{
    /// <summary>True when there is a limit from here on, false when there is none; null when the statement does not touch it.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="setting">For example <c>lock_timeout</c>.</param>
    public static bool? Limits(LintedStatement statement, string setting)
    {
        if (statement.Kind == "VariableSetStmt")
        {
            return statement.Node.Text("kind") == "VAR_RESET_ALL" ? false
                : statement.Node.Text("name") != setting ? null
                : statement.Node.Text("kind") == "VAR_SET_VALUE" && !(Constant(statement.Node.List("args", "A_Const"), 0) is { } value && IsZero(value));
        }

        if (statement.Kind != "SelectStmt")
            return null;
        bool? limits = null;
        foreach (var target in statement.Node.List("targetList", "ResTarget"))
        {
            if (target.Node("val")?.Node("FuncCall") is { } call && call.Strings("funcname").LastOrDefault() == "set_config"
                && Constant(call.List("args", "A_Const"), 0)?.Node("sval")?.Text("sval") == setting)
                limits = !(Constant(call.List("args", "A_Const"), 1) is { } value && IsZero(value));
        }

        return limits;
    }

    /// <summary>Whether a value is none: 0, '0', '0ms'.</summary>
    public static bool IsZero(TreeNode constant) =>
        constant.Node("sval")?.Text("sval") is { } text ? text.TrimEnd("smindhu ".ToCharArray()).TrimStart() == "0" : constant.Node("ival")?.Number("ival") is 0;

    private static TreeNode? Constant(IEnumerable<TreeNode> constants, int index) =>
        constants.ElementAtOrDefault(index) is { } constant ? constant : null;
}
