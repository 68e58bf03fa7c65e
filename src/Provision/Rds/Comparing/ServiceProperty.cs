using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.Rds.Reading;

namespace Lockkeeper.Provision.Rds.Comparing;

/// <summary>One thing that a declaration can say about an instance, with its names in the service: they differ between making, changing and describing.</summary>
/// <param name="Word">The key of the declaration.</param>
/// <param name="Create">The parameter when it is made; null when it cannot be said then.</param>
/// <param name="Wanted">What is declared, as the service writes it; null when nothing is said.</param>
/// <param name="Actual">What there is.</param>
internal sealed record ServiceProperty(string Word, string? Create, Func<RdsDeclaration, string?> Wanted, Func<LiveThing, string?> Actual)
{
    /// <summary>The parameter when it is changed; null when only a new instance can have another value.</summary>
    public string? Modify { get; init; }

    /// <summary>Its name among the values that wait; null when it never waits.</summary>
    public string? Pending { get; init; }

    /// <summary>What a change costs.</summary>
    public Cost Cost { get; init; }

    /// <summary>The name of the members of a list; null for a single value. A list is one text here, its members sorted, with commas between.</summary>
    public string? Member { get; init; }

    /// <summary>Whether what is there is what is wanted.</summary>
    public Func<LiveThing, string, string, bool> IsSame { get; init; } = (_, actual, wanted) => actual == wanted;

    /// <summary>Why a value cannot become another one in place; null when it can.</summary>
    public Func<string, string, string?> Refusal { get; init; } = (_, _) => null;

    /// <summary>What is lost with a change; null for nothing.</summary>
    public Func<string, string, string?> Loss { get; init; } = (_, _) => null;

    /// <summary>Further parameters of the change, or others in its place.</summary>
    public Func<string, string, IEnumerable<KeyValuePair<string, string>>>? ModifyBy { get; init; }

    /// <summary>The unit that people read behind the number.</summary>
    public string Unit { get; init; } = "";

    /// <summary>How people see a value.</summary>
    public string Show(string? value) => value is null ? "none" : value switch { "true" => "yes", "false" => "no", "" => "none", _ => value.Replace(",", ", ", StringComparison.Ordinal) + Unit };

    /// <summary>The parameters when it is made with a value.</summary>
    public IEnumerable<KeyValuePair<string, string>> WhenMade(string wanted) => Create is null ? [] : Parameters(Create, wanted);

    /// <summary>The parameters when it becomes a value.</summary>
    public IEnumerable<KeyValuePair<string, string>> WhenChanged(string actual, string wanted) => ModifyBy?.Invoke(actual, wanted) ?? Parameters(Modify!, wanted);

    private IEnumerable<KeyValuePair<string, string>> Parameters(string name, string wanted) =>
        Member is null ? [new(name, wanted)] : wanted.Split(',', StringSplitOptions.RemoveEmptyEntries).Select((item, index) => new KeyValuePair<string, string>($"{name}.{Member}.{index + 1}", item));
}
