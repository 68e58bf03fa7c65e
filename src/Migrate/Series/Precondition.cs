using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>What happens with a migration whose precondition does not hold, or cannot be asked.</summary>
internal enum PreconditionOutcome
{
    /// <summary>The run stops.</summary>
    Halt,

    /// <summary>The migration is left for the next run.</summary>
    Continue,

    /// <summary>The migration is recorded without running it.</summary>
    MarkRan,

    /// <summary>It is said, and the migration runs.</summary>
    Warn,
}

/// <summary>What must hold in the target before a migration runs; it is asked in the migration's own transaction.</summary>
/// <param name="Root">The conditions.</param>
/// <param name="OnFail">What happens when they do not hold.</param>
/// <param name="OnError">What happens when they cannot be asked.</param>
/// <param name="FailMessage">The author's own words for it, or null.</param>
/// <param name="ErrorMessage">The author's own words for that, or null.</param>
internal sealed record PreconditionSet(Precondition Root, PreconditionOutcome OnFail, PreconditionOutcome OnError, string? FailMessage = null, string? ErrorMessage = null)
{
    /// <summary>The preconditions of the files that lead to the migration: each is asked once a run, before this one.</summary>
    public IReadOnlyList<PreconditionSet> Before { get; init; } = [];
}

/// <summary>A condition in the target.</summary>
/// <param name="Name">Its name, for example <c>tableExists</c>; <c>and</c>, <c>or</c> and <c>not</c> join others.</param>
/// <param name="Values">Its attributes.</param>
/// <param name="Parts">The joined conditions.</param>
/// <param name="At">Where it stands.</param>
internal sealed record Precondition(string Name, IReadOnlyDictionary<string, string> Values, IReadOnlyList<Precondition> Parts, SourcePosition At)
{
    /// <summary>An attribute, or null.</summary>
    public string? this[string name] => Values.GetValueOrDefault(name);

    /// <summary>How messages call it, for example <c>tableExists tableName=person</c>.</summary>
    public string Words => Parts.Count == 0
        ? string.Join(' ', Values.Select(pair => $"{pair.Key}={pair.Value}").Prepend(Name))
        : $"{Name} ({string.Join(", ", Parts.Select(part => part.Words))})";
}
