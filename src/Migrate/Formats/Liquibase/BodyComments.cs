using System.Text;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Takes comments out of the bodies of functions, as Liquibase's <c>stripComments</c> does: the server keeps a body's text, so it must be the same.</summary>
/// <remarks>Comments elsewhere leave no trace in a database and stay, which keeps every statement at its place.</remarks>
internal static class BodyComments
{
    /// <summary>The text without them; each statement begins in the line in which it began.</summary>
    public static string Strip(string text)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
            return text;
        var result = new StringBuilder(text.Length);
        foreach (var segment in SqlSegments.Of(text))
        {
            var piece = text[segment.Start..segment.End];
            if (segment.Kind != SegmentKind.DollarQuoted)
            {
                result.Append(piece);
                continue;
            }

            var stripped = StripBody(piece);
            result.Append(stripped).Append('\n', piece.AsSpan().Count('\n') - stripped.AsSpan().Count('\n'));
        }

        return result.ToString();
    }

    private static string StripBody(string quoted)
    {
        var tag = SqlSegments.DollarTag(quoted, 0);
        if (quoted.Length < 2 * tag)
            return quoted;
        return quoted[..tag] + WithoutComments(quoted[tag..^tag]) + quoted[^tag..];
    }

    private static string WithoutComments(string body)
    {
        var result = new StringBuilder(body.Length);
        foreach (var segment in SqlSegments.Of(body))
        {
            var piece = body[segment.Start..segment.End];
            if (segment.Kind is SegmentKind.LineComment or SegmentKind.BlockComment)
                continue;
            result.Append(segment.Kind == SegmentKind.DollarQuoted ? StripBody(piece) : piece);
        }

        return result.ToString();
    }
}
