using System.Text;
using System.Text.RegularExpressions;

namespace Lockkeeper.Migrate.Formats.Sqitch;

/// <summary>A project's URI as Perl's module URI writes it: the ids of Sqitch depend on each character.</summary>
/// <remarks>Source: URI 5.17, <c>URI->new</c>, <c>as_string</c> and <c>canonical</c>.</remarks>
internal static partial class SqitchUri
{
    /// <summary>As Sqitch's registry stores it: what may not stand in a URI is escaped.</summary>
    public static string Stored(string uri)
    {
        var text = new StringBuilder();
        var path = Parts().Match(uri.Trim()) is { Success: true } parts ? parts.Groups["path"].Index : int.MaxValue;
        foreach (var rune in uri.Trim().EnumerateRunes())
        {
            var isBracketInPath = rune.Value is '[' or ']' && text.Length >= path;
            var isAllowed = rune.Value is > ' ' and < 0x7f and not ('"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}');
            text.Append(isAllowed && !isBracketInPath ? rune.ToString() : Uri.EscapeDataString(rune.ToString()));
        }

        return text.ToString();
    }

    /// <summary>As it goes into an id: scheme and host in lower case, no default port, "/" for no path, escapes in upper case and only where they are needed.</summary>
    public static string Canonical(string uri)
    {
        var escaped = Escapes().Replace(Stored(uri), match =>
        {
            var character = (char)Convert.ToInt32(match.Value[1..], 16);
            return char.IsAsciiLetterOrDigit(character) || "-_.!~*'()".Contains(character, StringComparison.Ordinal) ? character.ToString() : match.Value.ToUpperInvariant();
        });
        if (Parts().Match(escaped) is not { Success: true } parts)
            return Scheme().Replace(escaped, match => match.Value.ToLowerInvariant());
        var (scheme, port, path) = (parts.Groups["scheme"].Value.ToLowerInvariant(), parts.Groups["port"].Value, parts.Groups["path"].Value);
        var isDefault = port is ":" || (scheme, port) is ("http", ":80") or ("https", ":443") or ("ftp", ":21") or ("ssh", ":22");
        if (path.Length == 0 && scheme is ("http" or "https"))
            path = "/";
        return $"{scheme}://{parts.Groups["user"].Value}{parts.Groups["host"].Value.ToLowerInvariant()}{(isDefault ? "" : port)}{path}";
    }

    [GeneratedRegex("^(?<scheme>[A-Za-z][A-Za-z0-9.+-]*)://(?<user>[^/?#@]*@)?(?<host>[^/?#:]*)(?<port>:[0-9]*)?(?<path>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parts();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9.+-]*:", RegexOptions.None, 1000)]
    private static partial Regex Scheme();

    [GeneratedRegex("%[0-9A-Fa-f]{2}", RegexOptions.None, 1000)]
    private static partial Regex Escapes();
}
