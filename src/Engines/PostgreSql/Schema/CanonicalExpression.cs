using System.Text;

namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>Writes an expression that the server deparsed in the form that it keeps after dump and restore.</summary>
/// <remarks>
/// Arrays: the server stores <c>x IN ('a','b')</c> on a varchar as one cast of the whole array and prints
/// <c>(ARRAY['a'::character varying, 'b'::character varying])::text[]</c>. Parsing that text, it casts each element instead
/// (transformTypeCast in parse_expr.c passes the type down into ARRAY[…]), so a restored database prints
/// <c>ARRAY[('a'::character varying)::text, ('b'::character varying)::text]</c>. This does the same rewrite on the text.
/// Joins: a NATURAL JOIN without a column in common prints <c>ON TRUE</c>, which is read back as a condition and prints <c>ON (true)</c>.
/// </remarks>
internal static class CanonicalExpression
{
    private const string Opening = "(ARRAY[";

    // The one keyword of this kind in capitals: the constant is written true.
    private const string True = "TRUE";

    /// <summary>The canonical form of <paramref name="text"/>; most come back as they are.</summary>
    public static string Of(string text)
    {
        if (!text.Contains(Opening, StringComparison.Ordinal) && !text.Contains(True, StringComparison.Ordinal)) return text;
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == '(' && TryPushDown(text, at, result) is { } end)
            {
                at = end;
                continue;
            }

            var next = ExpressionText.EndOfToken(text, at);
            if (text.AsSpan(at, next - at) is True) result.Append("(true)");
            else result.Append(text, at, next - at);
            at = next;
        }

        return result.ToString();
    }

    private static int? TryPushDown(string text, int at, StringBuilder result)
    {
        if (string.CompareOrdinal(text, at, Opening, 0, Opening.Length) != 0) return null;
        var open = at + Opening.Length - 1;
        var close = ExpressionText.Closing(text, open);
        if (close <= open + 1 || string.CompareOrdinal(text, close + 1, ")::", 0, 3) != 0) return null;
        var type = close + 4;
        if (TypeName.End(text, type) is not { } typeEnd || string.CompareOrdinal(text, typeEnd, "[]", 0, 2) != 0) return null;
        AppendArray(text[(open + 1)..close], text[type..typeEnd], result);
        return typeEnd + 2;
    }

    private static void AppendArray(string elements, string type, StringBuilder result)
    {
        result.Append("ARRAY[");
        var start = 0;
        for (var at = 0; at <= elements.Length;)
        {
            if (at == elements.Length || elements[at] == ',')
            {
                if (start > 0) result.Append(", ");
                AppendElement(elements[start..at].Trim(), type, result);
                start = ++at;
            }
            else if (elements[at] is '(' or '[' && ExpressionText.Closing(elements, at) is > 0 and var closing) at = closing + 1;
            else at = ExpressionText.EndOfToken(elements, at);
        }

        result.Append(']');
    }

    private static void AppendElement(string element, string type, StringBuilder result)
    {
        const string nested = "ARRAY[";
        if (element.StartsWith(nested, StringComparison.Ordinal) && ExpressionText.Closing(element, nested.Length - 1) == element.Length - 1)
            AppendArray(element[nested.Length..^1], type, result);
        else
            result.Append('(').Append(Of(element)).Append(")::").Append(type);
    }
}
