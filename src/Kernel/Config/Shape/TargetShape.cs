using System.Text;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>A connection URL with secret references. It may hold a password, so no error shows any part of it.</summary>
internal static class TargetShape
{
    private const string UrlHint = "Write postgres://USER@HOST:5432/DATABASE, or a reference such as ${env:DATABASE_URL}.";

    /// <summary>Stands for a secret reference, whose value is not known yet.</summary>
    private const char Reference = '\uFFFC';

    public static ScalarShape<string> Shape { get; } = new(
        "a connection URL", UrlHint, Parse, """{ "type": "string", "pattern": "^(postgres(ql)?://|.*\\$\\{)" }""") { IsSecret = true };

    /// <summary>Whether a password, or a part of one, stands in the file itself.</summary>
    public static bool HasLiteralPassword(string text)
    {
        var url = Outline(SecretText.Parse(text));
        var start = url.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
            return false;
        var rest = url[(start + 3)..];
        var end = rest.IndexOfAny(['/', '?']);
        var authority = end < 0 ? rest : rest[..end];
        // As in RFC 3986, but the last '@' counts: a password may hold one that was not encoded.
        var at = authority.LastIndexOf('@');
        var colon = authority.IndexOf(':', StringComparison.Ordinal);
        if (at > 0 && colon >= 0 && colon < at && IsLiteral(authority[(colon + 1)..at]))
            return true;
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        return query >= 0 && rest[(query + 1)..].Split('&').Any(pair =>
            (pair.StartsWith("password=", StringComparison.OrdinalIgnoreCase) || pair.StartsWith("sslpassword=", StringComparison.OrdinalIgnoreCase))
            && IsLiteral(pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]));
    }

    private static Mistake? Parse(YamlScalar scalar, string label, out string value) => Problem(value = scalar.Text, label);

    /// <summary>What is wrong with a URL; null for nothing.</summary>
    public static Mistake? Problem(string value, string label)
    {
        try
        {
            var url = Outline(SecretText.Parse(value));
            var isUrl = url.StartsWith("postgres://", StringComparison.Ordinal) || url.StartsWith("postgresql://", StringComparison.Ordinal);
            return isUrl || url.StartsWith(Reference) ? null
                : value.Length == 0 ? new Mistake()
                : new Mistake($"{label} must be a connection URL, but it starts with neither postgres:// nor a reference");
        }
        catch (LockkeeperException e)
        {
            return new Mistake($"{label}: {e.Message}", e.Hint, e.Code);
        }
    }

    private static bool IsLiteral(string text) => text.Any(c => c != Reference);

    private static string Outline(IReadOnlyList<SecretPart> parts)
    {
        var outline = new StringBuilder();
        foreach (var part in parts)
            outline.Append(part.Kind == SecretKind.Literal ? part.Text : Reference.ToString());
        return outline.ToString();
    }
}
