using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Lockkeeper.Server.Web;

/// <summary>A piece of a page. It is made from text of this program with holes; what comes into a hole is encoded, unless it is a piece itself.</summary>
/// <param name="Text">The HTML.</param>
internal readonly record struct Html(string Text)
{
    /// <summary>Nothing.</summary>
    public static Html None { get; } = new("");

    /// <summary>Makes a piece: <c>Html.Of($"&lt;td&gt;{name}&lt;/td&gt;")</c>. Attributes stand in double quotes, so that encoded text cannot leave them.</summary>
    public static Html Of(HtmlPieces pieces) => new(pieces.ToString());

    /// <summary>Several, one after another.</summary>
    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(piece => piece.Text)));

    /// <summary>A piece for when something holds.</summary>
    public static Html If(bool holds, Func<Html> piece) => holds ? piece() : None;

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>What the compiler makes of the text with holes.</summary>
[InterpolatedStringHandler]
internal readonly struct HtmlPieces
{
    private static readonly HtmlEncoder encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder text;

    public HtmlPieces(int literalLength, int holes) => text = new StringBuilder(literalLength + (holes * 24));

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(Html piece) => text.Append(piece.Text);

    public void AppendFormatted(IEnumerable<Html> pieces)
    {
        foreach (var piece in pieces)
            text.Append(piece.Text);
    }

    public void AppendFormatted(string? value)
    {
        if (value is not null)
            text.Append(encoder.Encode(value));
    }

    public void AppendFormatted(long value) => text.Append(CultureInfo.InvariantCulture, $"{value}");

    public override string ToString() => text.ToString();
}
