using System.Text.Json;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Whether a statement sets a time limit, as SET or by set_config().</summary>
internal static class Timeouts
{
    public static bool Sets(LintedStatement statement, string setting) => statement.Kind switch
    {
        "VariableSetStmt" => statement.Node.Text("name") == setting,
        "SelectStmt" => statement.Node.List("targetList", "ResTarget").Any(target =>
            target.Node("val")?.Node("FuncCall") is { } call && call.Strings("funcname").LastOrDefault() == "set_config"
            && call.List("args", "A_Const").FirstOrDefault() is { ValueKind: JsonValueKind.Object } name && name.Node("sval")?.Text("sval") == setting),
        _ => false,
    };
}
