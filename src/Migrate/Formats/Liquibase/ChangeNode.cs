using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>A value of a changelog with its place.</summary>
internal sealed record NodeValue(string Text, SourcePosition At);

/// <summary>An element of a changelog, whether it was written in XML, YAML or JSON.</summary>
/// <param name="Name">The element's name, or the key of a map.</param>
/// <param name="At">Where it stands.</param>
internal sealed record ChangeNode(string Name, SourcePosition At)
{
    /// <summary>Attributes in XML, keys with one value in YAML.</summary>
    public List<(string Name, NodeValue Value)> Attributes { get; } = [];

    /// <summary>The elements in it, or the maps and lists of a map.</summary>
    public List<ChangeNode> Children { get; } = [];

    /// <summary>The text in it; null without any.</summary>
    public NodeValue? Text { get; set; }

    /// <summary>Everything about it that Liquibase would see, one line each, without its place.</summary>
    public IEnumerable<string> Content(Func<string, string> expand)
    {
        yield return Name;
        foreach (var (name, value) in Attributes.OrderBy(attribute => attribute.Name, StringComparer.Ordinal))
            yield return $".{name}={LiquibaseChecksum.WithoutBlanks(expand(value.Text))}";
        if (Text is { } text && LiquibaseChecksum.WithoutBlanks(expand(text.Text)) is { Length: > 0 } written)
            yield return $"={written}";
        foreach (var line in Children.SelectMany(child => child.Content(expand)))
            yield return " " + line;
    }
}
