namespace Lockkeeper.Host.Reference;

/// <summary>Text inside Markdown.</summary>
internal static class Markdown
{
    /// <summary>Text in a table cell: a bar would end it, and an angle bracket would start a tag.</summary>
    public static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
