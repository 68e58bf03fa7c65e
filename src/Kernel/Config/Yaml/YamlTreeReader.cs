using Lockkeeper.Kernel.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lockkeeper.Kernel.Config.Yaml;

/// <summary>Reads YAML into nodes with positions, from the parser's events: they start in a fraction of the time of
/// YamlDotNet's deserialiser and hold the place of every key.</summary>
internal sealed class YamlTreeReader(string text, Problems problems)
{
    private const int MaxDepth = 32;

    /// <summary>Counted with aliases expanded, so that a few lines of nested aliases cannot stand for millions of nodes.</summary>
    private const int MaxNodes = 50_000;

    private readonly GuardedParser parser = new(new Parser(new StringReader(text)));
    private readonly Dictionary<string, (YamlNode Node, int Size)> anchors = new(StringComparer.Ordinal);
    private readonly List<NodeEvent> brackets = [];
    private int nodes;

    /// <summary>The root of the only document; null when the file holds nothing.</summary>
    public YamlNode? Read()
    {
        try
        {
            parser.Consume<StreamStart>();
            if (parser.TryConsume<StreamEnd>(out _))
                return null;
            parser.Consume<DocumentStart>();
            var root = ReadNode(depth: 0);
            parser.Consume<DocumentEnd>();
            if (!parser.TryConsume<StreamEnd>(out _))
                throw problems.Fatal(parser.Current!.Start.ToPosition(), "the file holds more than one YAML document", "Keep one document: take the '---' line and what follows it out.");
            return root is YamlScalar { IsNull: true } ? null : root;
        }
        catch (YamlException e)
        {
            throw YamlSyntax.Explain(e.Message, e.Start.ToPosition(), text, OpenBracket, problems);
        }
    }

    /// <summary>The outermost bracket that was not closed so far: the mistake lies in it, however deep.</summary>
    private NodeEvent? OpenBracket => brackets.Count > 0 ? brackets[0] : null;

    private YamlNode ReadNode(int depth)
    {
        var start = parser.Current?.Start ?? Mark.Empty;
        if (depth > MaxDepth)
            throw problems.Fatal(start.ToPosition(), $"the file is nested deeper than {MaxDepth} levels", "No key of lockkeeper.yaml needs that.");
        if (parser.TryConsume<AnchorAlias>(out var alias))
            return Resolve(alias);

        var before = nodes;
        Count(1, start);
        var (node, anchor) = parser.Current switch
        {
            Scalar => ReadScalar(),
            MappingStart => ReadMap(depth),
            _ => ReadList(depth),
        };
        if (!anchor.IsEmpty)
            anchors[anchor.Value] = (node, nodes - before);
        return node;
    }

    private (YamlNode Node, AnchorName Anchor) ReadScalar()
    {
        var scalar = parser.Consume<Scalar>();
        RefuseTag(scalar);
        var (line, column) = scalar.Start.ToPosition();
        var isPlain = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;
        return (new YamlScalar(scalar.Value, isPlain, line, column), scalar.Anchor);
    }

    private (YamlNode Node, AnchorName Anchor) ReadList(int depth)
    {
        var start = parser.Consume<SequenceStart>();
        RefuseTag(start);
        if (start.Style == SequenceStyle.Flow)
            brackets.Add(start);
        var items = new List<YamlNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(depth + 1));
        if (start.Style == SequenceStyle.Flow)
            brackets.RemoveAt(brackets.Count - 1);
        var (line, column) = start.Start.ToPosition();
        return (new YamlList(items, line, column), start.Anchor);
    }

    private (YamlNode Node, AnchorName Anchor) ReadMap(int depth)
    {
        var start = parser.Consume<MappingStart>();
        RefuseTag(start);
        if (start.Style == MappingStyle.Flow)
            brackets.Add(start);
        var entries = new List<YamlEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadKey(depth);
            var value = ReadNode(depth + 1);
            if (lines.TryAdd(key.Text, key.Line))
                entries.Add(new YamlEntry(key, value));
            else
                problems.Add(KernelErrors.ConfigDuplicateKey, key, $"the key '{key.Shown}' stands twice", $"It stands in line {lines[key.Text]} already: keep one of them.");
        }

        if (start.Style == MappingStyle.Flow)
            brackets.RemoveAt(brackets.Count - 1);
        var (line, column) = start.Start.ToPosition();
        return (new YamlMap(entries, line, column), start.Anchor);
    }

    private YamlScalar ReadKey(int depth)
    {
        var node = ReadNode(depth + 1);
        if (node is not YamlScalar key)
            throw problems.Fatal((node.Line, node.Column), "a key must be text", "Put quotes around a key that starts with '{', '[' or '*'.");
        return key.Text == "<<" && key.IsPlain
            ? throw problems.Fatal((key.Line, key.Column), "merge keys ('<<') are not supported", "Repeat the keys, or give the whole value an anchor (&name) and use it elsewhere as *name.")
            : key;
    }

    private YamlNode Resolve(AnchorAlias alias)
    {
        if (!anchors.TryGetValue(alias.Value.Value, out var target))
            throw problems.Fatal(alias.Start.ToPosition(), $"the alias '*{alias.Value.Value}' has no anchor before it", $"Write &{alias.Value.Value} in front of the value that it stands for, or put quotes around text that starts with '*'.");
        Count(target.Size, alias.Start);
        return target.Node;
    }

    private void Count(int more, Mark at)
    {
        nodes += more;
        if (nodes > MaxNodes)
            throw problems.Fatal(at.ToPosition(), $"the file holds more than {MaxNodes} values", "Aliases count as often as they are used: take some out.");
    }

    private void RefuseTag(NodeEvent node)
    {
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific && !node.Tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal))
            throw problems.Fatal(node.Start.ToPosition(), $"the tag '{node.Tag.Value}' is not supported", "Take it out; secrets are written as ${env:NAME}, ${file:PATH} or ${exec:COMMAND}.");
    }
}
