using System.Text.RegularExpressions;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>The PL/pgSQL of a function or a DO block, without comments and with each constant as an empty one.</summary>
/// <param name="Code">The code.</param>
/// <param name="At">The node of the clause that it stands in.</param>
internal sealed partial record ProcedureBody(string Code, TreeNode? At)
{
    /// <summary>The body; null for a statement without one, or one in another language.</summary>
    public static ProcedureBody? Of(LintedStatement statement)
    {
        var options = statement.Kind switch
        {
            "CreateFunctionStmt" => statement.Node.List("options", "DefElem"),
            "DoStmt" => statement.Node.List("args", "DefElem"),
            _ => [],
        };
        var (language, body, at) = (statement.Kind == "DoStmt" ? "plpgsql" : "", (string?)null, (TreeNode?)null);
        foreach (var option in options)
        {
            if (option.Text("defname") == "language")
                language = option.Node("arg")?.Node("String")?.Text("sval") ?? language;
            else if (option.Text("defname") == "as")
                (body, at) = (option.Node("arg")?.Node("String")?.Text("sval") ?? option.Node("arg")?.Node("List")?.Strings("items").FirstOrDefault(), option);
        }

        return body is not null && language == "plpgsql" ? new ProcedureBody(Constant().Replace(body, match => match.Value[0] is '-' or '/' ? " " : "''"), at) : null;
    }

    /// <summary>Whether an EXECUTE puts its statement together with || from something that is neither a constant nor quoted by a function.</summary>
    public bool Concatenates => Execute().Matches(Code).Any(match => match.Value.Contains("||", StringComparison.Ordinal) && Variable().IsMatch(match.Value) && !Quoted().IsMatch(match.Value));

    [GeneratedRegex(@"--[^\n]*|/\*.*?\*/|\$(?<tag>\w*)\$.*?\$\k<tag>\$|[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'", RegexOptions.Singleline | RegexOptions.CultureInvariant, 2000)]
    private static partial Regex Constant();

    [GeneratedRegex(@"\bEXECUTE\b(?!\s+(?:FUNCTION|PROCEDURE)\b)[^;]*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 2000)]
    private static partial Regex Execute();

    [GeneratedRegex(@"\|\|\s*[\w""(]|[\w"")]\s*\|\|", RegexOptions.CultureInvariant, 2000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\b(?:format|quote_ident|quote_literal|quote_nullable)\s*\(|\bUSING\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 2000)]
    private static partial Regex Quoted();
}
