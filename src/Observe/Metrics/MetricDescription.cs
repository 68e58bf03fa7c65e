namespace Lockkeeper.Observe.Metrics;

/// <summary>How the values of a metric behave.</summary>
public enum MetricKind
{
    /// <summary>Only grows; a smaller value means that it was set back to zero.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Always 1: what it says stands in its labels.</summary>
    Info,
}

/// <summary>Which servers of a replicated pair have a metric.</summary>
public enum ServerRole
{
    /// <summary>Both.</summary>
    Any,

    /// <summary>One that takes changes.</summary>
    Primary,

    /// <summary>One in recovery.</summary>
    Standby,
}

/// <summary>What a metric means, and what it takes to read it. There is one object for each metric: it is compared by reference.</summary>
/// <param name="name">The name.</param>
/// <param name="kind">How its values behave.</param>
/// <param name="help">What it says: one sentence.</param>
/// <param name="labels">The names of its labels, in the order of their values; those of the target come on top.</param>
public sealed class MetricDescription(string name, MetricKind kind, string help, params IReadOnlyList<string> labels)
{
    /// <summary>The name: that of postgres_exporter 0.20 where it has the same, else by Prometheus' conventions.</summary>
    public string Name { get; } = name;

    /// <summary>How its values behave.</summary>
    public MetricKind Kind { get; } = kind;

    /// <summary>What it says: one sentence.</summary>
    public string Help { get; } = help;

    /// <summary>The names of its labels, in the order of their values; those of the target come on top.</summary>
    public IReadOnlyList<string> Labels { get; } = labels;

    /// <summary>What it is about: the name of its collector.</summary>
    public string Topic { get; init; } = "";

    /// <summary>The predefined role or privilege that reading it takes; empty for none. Every role of a server has what is empty.</summary>
    public string Grant { get; init; } = "";

    /// <summary>The extension that it takes; empty for none.</summary>
    public string Extension { get; init; } = "";

    /// <summary>The first major version of the server that has it; 0 for all.</summary>
    public int Since { get; init; }

    /// <summary>The last major version of the server that has it; 0 for no end.</summary>
    public int Until { get; init; }

    /// <summary>Which servers have it.</summary>
    public ServerRole Role { get; init; }

    /// <summary>Whether it stands for many metrics whose names begin so, with a <c>*</c> at the end: one for each setting of the server.</summary>
    public bool IsPattern => Name.EndsWith('*');

    /// <summary>The base unit that its name ends with; empty for a plain number.</summary>
    public string Unit => Units.FirstOrDefault(unit => Stem.EndsWith("_" + unit, StringComparison.Ordinal)) ?? "";

    private static readonly string[] Units = ["seconds", "bytes", "ratio"];

    private string Stem => Name.EndsWith("_total", StringComparison.Ordinal) ? Name[..^"_total".Length] : Name;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
