namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>Finds the end of a type name as format_type writes it.</summary>
internal static class TypeName
{
    private static readonly string[] s_ofTwoWords = ["character varying", "bit varying", "double precision"];
    private static readonly string[] s_zones = [" without time zone", " with time zone"];

    /// <summary>Where the type name that starts at <paramref name="at"/> ends, before any <c>[]</c>; null when there is none.</summary>
    public static int? End(string text, int at)
    {
        var start = at;
        var twoWords = s_ofTwoWords.FirstOrDefault(name => StartsAt(text, at, name));
        if (twoWords is not null) at += twoWords.Length;
        else
        {
            at = EndOfName(text, at);
            if (at < text.Length && text[at] == '.') at = EndOfName(text, at + 1);
        }

        if (at == start) return null;
        if (at < text.Length && text[at] == '(')
        {
            var close = ExpressionText.Closing(text, at);
            if (close < 0) return null;
            at = close + 1;
        }

        var zone = s_zones.FirstOrDefault(words => StartsAt(text, at, words));
        return at + (zone?.Length ?? 0);
    }

    private static int EndOfName(string text, int at)
    {
        if (at >= text.Length) return at;
        return text[at] == '"' || ExpressionText.IsWord(text[at]) ? ExpressionText.EndOfToken(text, at) : at;
    }

    private static bool StartsAt(string text, int at, string words) => string.CompareOrdinal(text, at, words, 0, words.Length) == 0;
}
