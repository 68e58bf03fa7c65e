using System.Collections.Frozen;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Portal;

/// <summary>SQL with its words, texts and comments marked for reading. What is marked wrongly still says the same: every character goes through the encoder.</summary>
internal static class SqlHtml
{
    private static readonly FrozenSet<string> words = """
        add all alter and any as asc begin between by cascade case cast check column commit concurrently conflict constraint create cross current_timestamp database default delete desc distinct do domain drop else end enum exclude execute exists extension
        false for foreign from full function generated grant group having identity if immutable in index inner insert intersect into is join key language lateral left like limit lock materialized merge nothing not null nulls offset on only or order outer over
        owner partition policy primary procedure references reindex rename restrict return returning returns revoke right role rollback row rows schema select sequence set some stable start table temporary then to transaction trigger true truncate type union
        unique update using vacuum valid validate values view volatile when where window with
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>A statement or a script.</summary>
    public static Html Of(string sql) => Html.Join(Pieces(sql));

    private static IEnumerable<Html> Pieces(string sql)
    {
        for (var at = 0; at < sql.Length;)
        {
            var (end, kind) = Next(sql, at);
            var text = sql[at..end];
            yield return kind.Length == 0 ? Html.Of($"{text}") : Html.Of($"<span class=\"{kind}\">{text}</span>");
            at = end;
        }
    }

    private static (int End, string Kind) Next(string sql, int at)
    {
        var rest = sql.AsSpan(at);
        if (rest.StartsWith("--"))
            return (rest.IndexOf('\n') is >= 0 and var line ? at + line : sql.Length, "sql-comment");
        if (rest.StartsWith("/*"))
            return (EndOfComment(sql, at), "sql-comment");
        if (rest[0] == '\'')
            return (Closing(sql, at, '\''), "sql-text");
        if (rest[0] == '"')
            return (Closing(sql, at, '"'), "");
        if (rest[0] == '$' && DollarTag(rest) is { } tag)
            return (sql.IndexOf(tag, at + tag.Length, StringComparison.Ordinal) is >= 0 and var close ? close + tag.Length : sql.Length, "sql-text");
        if (char.IsLetter(rest[0]) || rest[0] == '_')
        {
            var end = at + 1;
            while (end < sql.Length && (char.IsLetterOrDigit(sql[end]) || sql[end] is '_' or '$'))
                end++;
            return (end, words.Contains(sql[at..end]) ? "sql-word" : "");
        }

        if (char.IsDigit(rest[0]))
        {
            var end = at + 1;
            while (end < sql.Length && (char.IsLetterOrDigit(sql[end]) || sql[end] == '.'))
                end++;
            return (end, "sql-number");
        }

        var plain = at + 1;
        while (plain < sql.Length && !char.IsLetterOrDigit(sql[plain]) && sql[plain] is not ('-' or '/' or '\'' or '"' or '$' or '_'))
            plain++;
        return (plain, "");
    }

    private static int Closing(string sql, int at, char quote)
    {
        for (var i = at + 1; i < sql.Length; i++)
        {
            if (sql[i] != quote)
                continue;
            if (i + 1 == sql.Length || sql[i + 1] != quote)
                return i + 1;
            i++;
        }

        return sql.Length;
    }

    /// <summary>Comments of PostgreSQL lie in one another.</summary>
    private static int EndOfComment(string sql, int at)
    {
        var depth = 0;
        for (var i = at; i + 1 < sql.Length; i++)
        {
            if (sql[i] == '/' && sql[i + 1] == '*')
                (depth, i) = (depth + 1, i + 1);
            else if (sql[i] == '*' && sql[i + 1] == '/')
                (depth, i) = (depth - 1, i + 1);
            if (depth == 0)
                return i + 1;
        }

        return sql.Length;
    }

    private static string? DollarTag(ReadOnlySpan<char> rest)
    {
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '$')
                return rest[..(i + 1)].ToString();
            if (!(char.IsLetter(rest[i]) || rest[i] == '_' || (i > 1 && char.IsDigit(rest[i]))))
                return null;
        }

        return null;
    }
}
