using System.Text.RegularExpressions;

namespace Lockkeeper.Observe.Query;

/// <summary>How a label is compared.</summary>
public enum MatchKind
{
    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>=~</c>: the whole value matches.</summary>
    Matches,

    /// <summary><c>!~</c></summary>
    MatchesNot,
}

/// <summary>A condition on a label; a label that is not there is empty.</summary>
public sealed class LabelMatcher
{
    private readonly Regex? pattern;

    /// <summary>Makes a condition.</summary>
    /// <param name="label">The label.</param>
    /// <param name="kind">How it is compared.</param>
    /// <param name="value">With what.</param>
    /// <exception cref="RegexParseException">The pattern is none.</exception>
    public LabelMatcher(string label, MatchKind kind, string value)
    {
        (Label, Kind, Value) = (label, kind, value);
        // Without backtracking, as Prometheus' own engine: no pattern can take for ever.
        pattern = kind is MatchKind.Matches or MatchKind.MatchesNot ? new Regex($"^(?:{value})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline, TimeSpan.FromSeconds(1)) : null;
    }

    /// <summary>The label.</summary>
    public string Label { get; }

    /// <summary>How it is compared.</summary>
    public MatchKind Kind { get; }

    /// <summary>With what.</summary>
    public string Value { get; }

    /// <summary>Whether a value fulfils it.</summary>
    /// <param name="value">The label's value; empty for none.</param>
    public bool Holds(string value) => Kind switch
    {
        MatchKind.Equal => string.Equals(value, Value, StringComparison.Ordinal),
        MatchKind.NotEqual => !string.Equals(value, Value, StringComparison.Ordinal),
        MatchKind.Matches => pattern!.IsMatch(value),
        _ => !pattern!.IsMatch(value),
    };
}

/// <summary>Which series are meant: a metric's name and conditions.</summary>
/// <param name="Metric">The metric; null when only the conditions say.</param>
/// <param name="Matchers">All of them hold.</param>
public sealed record SeriesSelector(string? Metric, IReadOnlyList<LabelMatcher> Matchers)
{
    /// <summary>Whether a series is meant.</summary>
    /// <param name="labels">Its labels.</param>
    public bool Holds(LabelSet labels) => (Metric is null || labels.Metric == Metric) && Matchers.All(matcher => matcher.Holds(labels[matcher.Label]));
}
