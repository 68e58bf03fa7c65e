namespace Lockkeeper.Kernel.Findings;

/// <summary>Which rules a policy starts from.</summary>
public enum RuleSet
{
    /// <summary>What stops or breaks a running application, or loses data.</summary>
    Recommended,

    /// <summary>The recommended ones, and what makes trouble later.</summary>
    Strict,

    /// <summary>A matter of taste or of the surroundings: in no set, on when the policy names it.</summary>
    Optional,
}

/// <summary>What a rule looks for, and why.</summary>
/// <param name="Id">Lower-case words joined by hyphens; never used again for another rule.</param>
/// <param name="Title">What it finds, a lower-case phrase: <c>index built while writes wait</c>.</param>
/// <param name="Severity">How much a finding matters unless the policy says otherwise.</param>
/// <param name="Set">The smallest set that it belongs to.</param>
public sealed record RuleInfo(string Id, string Title, Severity Severity, RuleSet Set)
{
    /// <summary>The version of Lockkeeper that brought it.</summary>
    public string Since { get; init; } = "0.1.0";

    /// <summary>What goes wrong without it; full sentences.</summary>
    public required string Why { get; init; }

    /// <summary>The safe way; full sentences, with SQL where that is shortest.</summary>
    public required string Fix { get; init; }

    /// <summary>Whether the harm grows with the table: on a table that is known to be small a finding is only good to know.</summary>
    public bool GrowsWithTable { get; init; }

    /// <summary>The same or nearly the same rule of other tools, for example <c>squawk prefer-text-field</c>.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];
}

/// <summary>One thing that a check looks for.</summary>
/// <typeparam name="TInput">What it reads.</typeparam>
public interface IRule<in TInput>
{
    /// <summary>What it looks for, and why.</summary>
    RuleInfo Info { get; }

    /// <summary>Looks.</summary>
    /// <param name="input">What it reads.</param>
    /// <returns>What it found, each with the rule's own severity; the policy decides what comes of it.</returns>
    IEnumerable<Finding> Check(TInput input);
}
