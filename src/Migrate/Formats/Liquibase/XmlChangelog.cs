using System.Xml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Reads an XML changelog into nodes. There are no DTDs and no entities of its own, so nothing outside of the file is ever read.</summary>
internal static class XmlChangelog
{
    private const string Namespace = "http://www.liquibase.org/xml/ns/dbchangelog";
    private const string Instance = "http://www.w3.org/2001/XMLSchema-instance";
    private const int MaxDepth = 64;

    public static ChangeNode Read(string text, ChangelogFile file)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true };
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), settings);
            reader.MoveToContent();
            return Element(reader, file, 0);
        }
        catch (XmlException e)
        {
            var isDtd = e.Message.Contains("DTD", StringComparison.Ordinal);
            throw ChangelogFile.Wrong(
                isDtd ? "the changelog declares a document type, which is not read" : $"the XML cannot be read: {Sentence(e.Message)}",
                isDtd ? "Take the <!DOCTYPE …> out; write a value of several places as a <property>." : "Look at the tags and quotes of this line and the ones before it.",
                file.At(Math.Max(1, e.LineNumber), Math.Max(1, e.LinePosition)));
        }
    }

    private static ChangeNode Element(XmlReader reader, ChangelogFile file, int depth)
    {
        if (depth > MaxDepth)
            throw ChangelogFile.Wrong($"the XML is nested deeper than {MaxDepth} levels", "No changelog needs that.", Here(reader, file));
        // The parser's position is behind the '<'.
        var here = Here(reader, file);
        var node = new ChangeNode(Name(reader), here with { Column = Math.Max(1, here.Column - 1) });
        var isEmpty = reader.IsEmptyElement;
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix == "xmlns" || reader.Name == "xmlns" || reader.NamespaceURI == Instance)
                continue;
            node.Attributes.Add((Name(reader), new NodeValue(reader.Value, Here(reader, file))));
        }

        if (isEmpty)
            return node;
        while (reader.Read() && reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType == XmlNodeType.Element)
                node.Children.Add(Element(reader, file, depth + 1));
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace)
                Append(node, reader.Value, Here(reader, file));
        }

        return node;
    }

    /// <summary>A comment in between leaves its lines, so that what follows keeps its place.</summary>
    private static void Append(ChangeNode node, string text, SourcePosition at)
    {
        if (node.Text is not { } before || before.Text.Trim().Length == 0)
        {
            if (text.Trim().Length > 0)
                node.Text = new NodeValue(text, at);
            return;
        }

        var line = before.At.Line + before.Text.AsSpan().Count('\n');
        node.Text = before with { Text = before.Text + new string('\n', Math.Max(0, at.Line - line)) + text };
    }

    private static string Name(XmlReader reader) =>
        reader.Prefix.Length == 0 || (reader.NodeType == XmlNodeType.Element && reader.NamespaceURI == Namespace) ? reader.LocalName : reader.Name;

    private static SourcePosition Here(XmlReader reader, ChangelogFile file) => reader is IXmlLineInfo info && info.HasLineInfo() ? file.At(info.LineNumber, info.LinePosition) : file.At(1);

    /// <summary>The parser's words without the position at their end, which stands in front already.</summary>
    private static string Sentence(string message)
    {
        var end = message.IndexOf(" Line ", StringComparison.Ordinal);
        var words = (end > 0 ? message[..end] : message).TrimEnd('.', ' ');
        return words.Length == 0 ? "it is not complete" : char.ToLowerInvariant(words[0]) + words[1..];
    }
}
