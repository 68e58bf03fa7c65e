using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config;

/// <summary>Where a part of a configuration value comes from.</summary>
internal enum SecretKind
{
    Literal,
    Environment,
    File,
    Command,
}

/// <summary>A part of a configuration value: literal text, or the argument of a reference.</summary>
internal sealed record SecretPart(SecretKind Kind, string Text);

/// <summary>Splits a configuration value into literal text and secret references.</summary>
internal static class SecretText
{
    private const string Hint = "Write ${env:NAME}, ${file:PATH} or ${exec:COMMAND}; $${ stands for a literal ${.";

    public static IReadOnlyList<SecretPart> Parse(string text)
    {
        var parts = new List<SecretPart>();
        var literal = new System.Text.StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            if (text.AsSpan(i).StartsWith("$${", StringComparison.Ordinal))
            {
                literal.Append("${");
                i += 3;
            }
            else if (text.AsSpan(i).StartsWith("${", StringComparison.Ordinal))
            {
                if (literal.Length > 0)
                    parts.Add(new SecretPart(SecretKind.Literal, literal.ToString()));
                literal.Clear();
                var end = End(text, i + 2);
                parts.Add(Reference(text[(i + 2)..end]));
                i = end + 1;
            }
            else
            {
                literal.Append(text[i++]);
            }
        }

        if (literal.Length > 0)
            parts.Add(new SecretPart(SecretKind.Literal, literal.ToString()));
        return parts;
    }

    /// <summary>The closing brace; braces inside a command are counted.</summary>
    private static int End(string text, int start)
    {
        var depth = 1;
        for (var i = start; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
                return i;
        }

        throw new LockkeeperException(KernelErrors.SecretSyntax, "a secret reference has no closing brace", Hint);
    }

    private static SecretPart Reference(string body)
    {
        var colon = body.IndexOf(':', StringComparison.Ordinal);
        var argument = colon < 0 ? "" : body[(colon + 1)..];
        if (argument.Length == 0)
            throw new LockkeeperException(KernelErrors.SecretSyntax, "a secret reference does not name what to read", Hint);
        // The text may be a password with '${' in it that was meant literally, so only what looks like a source is repeated.
        var source = body[..colon];
        return source switch
        {
            "env" => new SecretPart(SecretKind.Environment, argument),
            "file" => new SecretPart(SecretKind.File, argument),
            "exec" => new SecretPart(SecretKind.Command, argument),
            _ => throw new LockkeeperException(KernelErrors.SecretSyntax, source.Length <= 20 && source.All(char.IsAsciiLetterLower) ? $"'{source}' is not a source of secrets" : "a secret reference has an unknown source", Hint),
        };
    }
}
