namespace Lockkeeper.Migrate.Series;

/// <summary>A line <c>-- lk: allow RULE, RULE: REASON</c> or <c>-- lk: allow-file …</c>.</summary>
/// <param name="Rules">The rules' ids as written.</param>
/// <param name="Reason">Why; empty when none is given.</param>
/// <param name="IsForFile">Whether it holds for the whole file.</param>
/// <param name="Column">Where the comment starts, from 1.</param>
internal sealed record AllowDirective(IReadOnlyList<string> Rules, string Reason, bool IsForFile, int Column)
{
    private const string Statement = "allow";
    private const string File = "allow-file";

    /// <summary>Whether the words of a <c>-- lk:</c> comment are such a directive.</summary>
    public static bool IsOne(ReadOnlySpan<char> words) => Word(words) is Statement or File;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="directive">What it says.</param>
    public static bool TryParse(ReadOnlySpan<char> line, out AllowDirective directive)
    {
        directive = null!;
        var comment = line.IndexOf("--", StringComparison.Ordinal);
        if (comment < 0)
            return false;
        var words = line[(comment + 2)..].Trim();
        if (!words.StartsWith("lk:", StringComparison.OrdinalIgnoreCase) || !IsOne(words = words["lk:".Length..].Trim()))
            return false;
        var word = Word(words);
        var rest = words[word.Length..].Trim();
        var colon = rest.IndexOf(':');
        var names = colon < 0 ? rest : rest[..colon];
        var reason = colon < 0 ? default : rest[(colon + 1)..].Trim();
        directive = new AllowDirective(
            names.ToString().Split([',', ' '], StringSplitOptions.RemoveEmptyEntries), reason.ToString(), word == File, comment + 1);
        return true;
    }

    private static string Word(ReadOnlySpan<char> words) => words.IndexOfAny(' ', '\t') is var end and >= 0 ? words[..end].ToString() : words.ToString();
}
