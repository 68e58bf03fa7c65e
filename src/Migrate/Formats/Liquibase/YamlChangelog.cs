using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Reads a YAML or JSON changelog into the nodes that its XML would give; JSON is read as the YAML that it is, as Liquibase does.</summary>
internal sealed partial class YamlChangelog
{
    private const int MaxDepth = 64;
    private const int MaxNodes = 2_000_000;

    private readonly Parser parser;
    private readonly ChangelogFile file;
    private int nodes;

    private YamlChangelog(string text, ChangelogFile file)
    {
        parser = new Parser(new StringReader(text));
        this.file = file;
    }

    public static ChangeNode Read(string text, ChangelogFile file)
    {
        try
        {
            return new YamlChangelog(text, file).Document();
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException or ArgumentException)
        {
            var at = e is YamlException yaml ? yaml.Start : Mark.Empty;
            var words = PositionPrefix().Replace(e.Message, "").TrimEnd('.', ' ');
            throw ChangelogFile.Wrong(
                $"the {(file.File.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? "JSON" : "YAML")} cannot be read: {(words.Length == 0 ? "it is not complete" : char.ToLowerInvariant(words[0]) + words[1..])}",
                "Look at the quotes, brackets and indentation of this line and the one before it; YAML allows no tabs.", file.At((int)Math.Max(1, at.Line), (int)Math.Max(1, at.Column)));
        }
    }

    private ChangeNode Document()
    {
        parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
            return new ChangeNode("", file.At(1));
        parser.Consume<DocumentStart>();
        var top = new ChangeNode("", Here());
        Into(top, 0);
        return top.Children.FirstOrDefault(child => child.Name == "databaseChangeLog") ?? top;
    }

    /// <summary>Reads the next value into a node: keys of a map become attributes or elements; a list of maps gives the elements of each.</summary>
    private void Into(ChangeNode node, int depth)
    {
        if (depth > MaxDepth || ++nodes > MaxNodes)
            throw ChangelogFile.Wrong("the changelog is nested too deep or too large", "Split it, and include the parts.", Here());
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            if (!IsNull(scalar))
                node.Text = Value(scalar);
        }
        else if (parser.TryConsume<SequenceStart>(out _))
        {
            while (!parser.TryConsume<SequenceEnd>(out _))
                Item(node, depth);
        }
        else if (parser.TryConsume<MappingStart>(out _))
        {
            while (!parser.TryConsume<MappingEnd>(out _))
                Entry(node, depth);
        }
        else
        {
            throw ChangelogFile.NotCovered("an anchor or alias of YAML", "Write the value out.", Here());
        }
    }

    private void Item(ChangeNode list, int depth)
    {
        if (parser.Accept<MappingStart>(out _))
        {
            Into(list, depth + 1);
            return;
        }

        var item = new ChangeNode("", Here());
        Into(item, depth + 1);
        list.Children.Add(item);
    }

    private void Entry(ChangeNode map, int depth)
    {
        var key = parser.Consume<Scalar>();
        if (parser.Accept<Scalar>(out var value) && value is not null)
        {
            parser.MoveNext();
            var isElement = map.Name == "changes" || (map.Name == "rollback" && !key.Value.StartsWith("changeSet", StringComparison.Ordinal));
            if (isElement || (IsNull(value) && Empty.Contains(key.Value)))
                map.Children.Add(new ChangeNode(key.Value, file.At((int)key.Start.Line, (int)key.Start.Column)) { Text = IsNull(value) ? null : Value(value) });
            else if (!IsNull(value))
                map.Attributes.Add((key.Value, Value(value)));
            return;
        }

        var child = new ChangeNode(key.Value, file.At((int)key.Start.Line, (int)key.Start.Column));
        Into(child, depth + 1);
        map.Children.Add(child);
    }

    /// <summary>Keys that say something even without a value.</summary>
    private static readonly HashSet<string> Empty = new(StringComparer.Ordinal) { "empty", "rollback" };

    /// <summary>The text of a block scalar starts in the line after its mark.</summary>
    private NodeValue Value(Scalar scalar)
    {
        var isBlock = scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded;
        var isQuoted = scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted;
        var at = isBlock ? file.At((int)scalar.Start.Line + 1) : file.At((int)scalar.Start.Line, (int)scalar.Start.Column + (isQuoted ? 1 : 0));
        return new NodeValue(scalar.Style == ScalarStyle.Plain ? AsJava(scalar.Value) : scalar.Value, at);
    }

    /// <summary>A plain value as SnakeYAML 2 under Liquibase gives it as text: 1_000 is 1000, 010 is 8, 1.10 is 1.1, yes is true.</summary>
    private static string AsJava(string text)
    {
        if (Integer().IsMatch(text))
            return text.Replace("_", "", StringComparison.Ordinal).TrimStart('+');
        if (Octal().IsMatch(text))
            return Convert.ToInt64(text.Replace("_", "", StringComparison.Ordinal), 8).ToString(CultureInfo.InvariantCulture);
        if (Float().IsMatch(text) && double.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) is 0 or (>= 1e-3 and < 1e7))
            return number == Math.Floor(number) ? number.ToString("0.0", CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture);
        return text switch
        {
            "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "True" or "TRUE" => "true",
            "no" or "No" or "NO" or "off" or "Off" or "OFF" or "False" or "FALSE" => "false",
            _ => text,
        };
    }

    private static bool IsNull(Scalar scalar) => scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";

    private Kernel.Errors.SourcePosition Here() => parser.Current is { } current ? file.At((int)Math.Max(1, current.Start.Line), (int)Math.Max(1, current.Start.Column)) : file.At(1);

    [GeneratedRegex(@"^\(Line: .*?\) - \(.*?\): ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PositionPrefix();

    [GeneratedRegex(@"^[-+]?(0|[1-9][0-9_]*)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Integer();

    [GeneratedRegex(@"^0[0-7_]{1,18}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Octal();

    [GeneratedRegex(@"^[-+]?[0-9][0-9_]*\.[0-9_]*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Float();
}
