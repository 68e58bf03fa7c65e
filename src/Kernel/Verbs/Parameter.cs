namespace Lockkeeper.Kernel.Verbs;

/// <summary>What kind of value a parameter takes.</summary>
public enum ParameterKind
{
    /// <summary>Free text.</summary>
    Text,

    /// <summary>True when given.</summary>
    Flag,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A time span such as <c>500ms</c>, <c>30s</c>, <c>10m</c>, <c>2h</c>.</summary>
    Duration,

    /// <summary>One of a fixed list of words.</summary>
    Choice,
}

/// <summary>One parameter of a verb, declared once for command line, HTTP API, agent tools and reference.</summary>
/// <param name="Name">Lower-case words joined by hyphens; <c>--name</c> on the command line unless <see cref="Positional"/>.</param>
/// <param name="Kind">The kind of value.</param>
/// <param name="Help">One plain sentence without a full stop.</param>
public sealed record Parameter(string Name, ParameterKind Kind, string Help)
{
    /// <summary>Whether the verb cannot run without it.</summary>
    public bool Required { get; init; }

    /// <summary>Given by place instead of by name on the command line.</summary>
    public bool Positional { get; init; }

    /// <summary>The default as a user would type it; null for none.</summary>
    public string? Default { get; init; }

    /// <summary>The words that a <see cref="ParameterKind.Choice"/> may take.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>What the value is called in help, for example <c>VERSION</c>; null for the kind's own word.</summary>
    public string? ValueName { get; init; }
}
