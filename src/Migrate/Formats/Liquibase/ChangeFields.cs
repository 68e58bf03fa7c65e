using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>The attributes and elements of one element of a changelog, properties replaced. What nobody asked for is refused by <see cref="Close"/>.</summary>
/// <param name="node">The element.</param>
/// <param name="expand">Replaces properties.</param>
internal sealed class ChangeFields(ChangeNode node, Func<string, string> expand)
{
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);
    private readonly List<ChangeFields> nested = [];
    private bool textAsked;

    public string Name => node.Name;

    public SourcePosition At => node.At;

    /// <summary>An attribute, or the text of an element of that name; null without either.</summary>
    public string? this[string name] => Value(name) is { } value ? expand(value.Text) : null;

    /// <summary>An attribute that may be missing.</summary>
    public string Text(string name) => this[name] ?? "";

    /// <summary>An attribute that must be there.</summary>
    public string Required(string name) => this[name] is { Length: > 0 } text ? text : throw ChangelogFile.Wrong($"{node.Name} does not say its {name}", $"Give it the attribute {name}.", node.At);

    /// <summary>An attribute that is true or false.</summary>
    public bool Flag(string name, bool without = false) => Text(name).Trim().ToLowerInvariant() switch
    {
        "" => without,
        "true" or "1" or "t" => true,
        "false" or "0" or "f" => false,
        var other => throw ChangelogFile.Wrong($"{name} is neither true nor false but '{other}'", "Write true or false.", PlaceOf(name)),
    };

    /// <summary>Where an attribute stands.</summary>
    public SourcePosition PlaceOf(string name) => Value(name)?.At ?? node.At;

    /// <summary>The elements of a name, also those in a list that is called by its plural, as YAML has them.</summary>
    public IReadOnlyList<ChangeFields> Elements(string name)
    {
        asked.Add(name);
        asked.Add(name + "s");
        var found = node.Children.Where(child => child.Name == name).Concat(node.Children.Where(child => child.Name == name + "s").SelectMany(list => list.Children.Select(child => child)))
            .Select(child => new ChangeFields(child, expand)).ToList();
        if (found.FirstOrDefault(field => field.Name != name) is { } stranger)
            throw ChangelogFile.NotCovered($"'{stranger.Name}' in {node.Name}", $"A list of {name} elements is what may stand there.", stranger.At);
        nested.AddRange(found);
        return found;
    }

    /// <summary>The first element of a name; null without any.</summary>
    public ChangeFields? Element(string name)
    {
        asked.Add(name);
        if (node.Children.FirstOrDefault(child => child.Name == name) is not { } child)
            return null;
        var fields = new ChangeFields(child, expand);
        nested.Add(fields);
        return fields;
    }

    /// <summary>The elements whose name is not known before.</summary>
    public IReadOnlyList<ChangeNode> Nodes(string name)
    {
        asked.Add(name);
        return [.. node.Children.Where(child => child.Name == name)];
    }

    /// <summary>The text in the element, or an attribute that YAML has instead.</summary>
    public NodeValue? Body(string attribute)
    {
        textAsked = true;
        var value = node.Text is { } text && text.Text.Trim().Length > 0 ? text : Value(attribute);
        return value is null ? null : value with { Text = expand(value.Text) };
    }

    /// <summary>Names attributes and elements that change nothing on PostgreSQL.</summary>
    public void Pass(params string[] names) => asked.UnionWith(names);

    /// <summary>Refuses an attribute that asks for something that does not happen here, so that nobody takes it for done.</summary>
    /// <param name="name">The attribute.</param>
    /// <param name="hint">What to do instead.</param>
    /// <param name="isHarmless">Whether a value asks for nothing, such as the usual one.</param>
    public void Refuse(string name, string hint, Func<string, bool>? isHarmless = null)
    {
        if (this[name] is { Length: > 0 } value && isHarmless?.Invoke(value.Trim()) != true)
            throw ChangelogFile.NotCovered($"{name}=\"{value}\" in {node.Name}", hint, PlaceOf(name));
    }

    /// <summary>Refuses to leave constraints unchecked: PostgreSQL checks these when they are made, and so does Liquibase there whatever the attribute says.</summary>
    public void RequireValidation(params string[] names)
    {
        foreach (var name in names)
            Refuse(name, "PostgreSQL checks it all the same: take the attribute out.", value => value is not ("false" or "FALSE" or "0"));
    }

    /// <summary>Everything that makes it an edit when it changes.</summary>
    public string Content() => string.Join('\n', node.Content(expand));

    /// <summary>Refuses what nobody asked for: passing over it would apply something else than what was written.</summary>
    public void Close()
    {
        if (node.Attributes.FirstOrDefault(attribute => !asked.Contains(attribute.Name)) is { Name: not null } attribute)
            throw ChangelogFile.NotCovered($"the attribute {attribute.Name} of {node.Name}", "Take it out, or write the change as SQL.", attribute.Value.At);
        if (node.Children.FirstOrDefault(child => !asked.Contains(child.Name)) is { } child)
            throw ChangelogFile.NotCovered($"{(child.Name.Length == 0 ? "a list item" : child.Name)} in {node.Name}", "Take it out, or write the change as SQL.", child.At);
        if (!textAsked && node.Text is { } text && text.Text.Trim().Length > 0)
            throw ChangelogFile.NotCovered($"text in {node.Name}", "Take it out.", text.At);
        foreach (var fields in nested)
            fields.Close();
    }

    private NodeValue? Value(string name)
    {
        asked.Add(name);
        if (node.Attributes.FirstOrDefault(attribute => attribute.Name == name) is { Name: not null } found)
            return found.Value;
        return node.Children.FirstOrDefault(child => child.Name == name && child.Children.Count == 0 && child.Attributes.Count == 0)?.Text;
    }
}
