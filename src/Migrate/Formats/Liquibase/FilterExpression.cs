namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Liquibase's expressions over contexts and labels: <c>test and !slow, (qa or dev)</c>; a comma is an "or" that binds least.</summary>
/// <remarks>Source: liquibase.util.ExpressionMatcher and liquibase.ContextExpression of Liquibase 4.28.</remarks>
internal static class FilterExpression
{
    /// <summary>Whether an expression holds when some names are given. Names differ by more than case.</summary>
    public static bool Holds(string expression, IReadOnlyCollection<string> given)
    {
        var words = Words(expression);
        var at = 0;
        return words.Count == 0 || List(words, ref at, given);
    }

    /// <summary>The names in an expression, for a warning about one that nobody gives.</summary>
    public static IEnumerable<string> Names(string expression) => Words(expression).Where(word => !IsMark(word)).Select(word => word.TrimStart('@'));

    private static bool IsMark(string word) => word is "," or "(" or ")" or "!" or "and" or "or" or "not";

    private static bool List(List<string> words, ref int at, IReadOnlyCollection<string> given)
    {
        var holds = Or(words, ref at, given);
        while (Take(words, ref at, ","))
            holds |= Or(words, ref at, given);
        return holds;
    }

    private static bool Or(List<string> words, ref int at, IReadOnlyCollection<string> given)
    {
        var holds = And(words, ref at, given);
        while (Take(words, ref at, "or"))
            holds |= And(words, ref at, given);
        return holds;
    }

    private static bool And(List<string> words, ref int at, IReadOnlyCollection<string> given)
    {
        var holds = Not(words, ref at, given);
        while (Take(words, ref at, "and"))
            holds &= Not(words, ref at, given);
        return holds;
    }

    private static bool Not(List<string> words, ref int at, IReadOnlyCollection<string> given)
    {
        if (Take(words, ref at, "!") || Take(words, ref at, "not"))
            return !Not(words, ref at, given);
        if (Take(words, ref at, "("))
        {
            var inner = List(words, ref at, given);
            Take(words, ref at, ")");
            return inner;
        }

        return at < words.Count && given.Contains(words[at++].TrimStart('@'), StringComparer.OrdinalIgnoreCase);
    }

    private static bool Take(List<string> words, ref int at, string word)
    {
        if (at >= words.Count || words[at] != word)
            return false;
        at++;
        return true;
    }

    private static List<string> Words(string expression)
    {
        var words = new List<string>();
        var start = 0;
        for (var i = 0; i <= expression.Length; i++)
        {
            var c = i < expression.Length ? expression[i] : ' ';
            if (!char.IsWhiteSpace(c) && c is not ('(' or ')' or ',' or '!'))
                continue;
            if (i > start)
                words.Add(expression[start..i] is var word && word.ToLowerInvariant() is "and" or "or" or "not" ? word.ToLowerInvariant() : word);
            if (!char.IsWhiteSpace(c))
                words.Add(c.ToString());
            start = i + 1;
        }

        return words;
    }
}
