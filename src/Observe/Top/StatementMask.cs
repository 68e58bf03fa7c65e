using System.Text.RegularExpressions;

namespace Lockkeeper.Observe.Top;

/// <summary>Takes passwords out of statements. The server shows them as they were sent, and may have cut them off in the middle.</summary>
internal static partial class StatementMask
{
    private const string Mask = "'***'";

    /// <summary>The statement without the passwords of roles, of user mappings and of connection strings.</summary>
    public static string Of(string statement)
    {
        // Most statements have none: one look, no copy.
        if (!statement.Contains("passw", StringComparison.OrdinalIgnoreCase) && !statement.Contains("://", StringComparison.Ordinal) && !statement.Contains("SCRAM-SHA-256$", StringComparison.Ordinal))
            return statement;
        try
        {
            return Masked(statement);
        }
        catch (RegexMatchTimeoutException)
        {
            return "***";
        }
    }

    private static string Masked(string statement)
    {
        var masked = Literal().Replace(statement, match => match.Groups["word"].Value + Mask);
        masked = Pair().Replace(masked, match => match.Groups["name"].Value + "***");
        masked = Url().Replace(masked, match => match.Groups["before"].Value + "***@");
        return Verifier().Replace(masked, "***");
    }

    /// <summary>PASSWORD and a literal: plain, with escapes, with Unicode escapes, in dollars; ended, or cut off.</summary>
    [GeneratedRegex("""(?<word>\bpassword(?:\s|/\*.*?(?:\*/|$)|--[^\n]*(?:\n|$))*)(?:\$(?<tag>\w*)\$.*?(?:\$\k<tag>\$|$)|e'(?:[^'\\]|''|\\.)*(?:'|\\?$)|(?:u&)?'(?:[^']|'')*(?:'|$))""", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Literal();

    /// <summary>password=… inside of a connection string, whose quotes are doubled or escaped there.</summary>
    [GeneratedRegex("""(?<name>\b(?:ssl)?passw(?:or)?d\s*=\s*)(?:''(?:[^']|\\.)*(?:''|$)|\\'(?:[^'\\]|\\[^'])*(?:\\'|$)|'(?:[^']|'')*(?:'|$)|[^\s'"]+)""", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Pair();

    [GeneratedRegex("""(?<before>\b[a-z][a-z0-9+.-]*://[^\s:/@'"]*:)[^\s@/'"]*(?:@|$)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Url();

    [GeneratedRegex("""SCRAM-SHA-256\$[^'\s]*""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Verifier();
}
