using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Doctor;

/// <summary>How a check of the machine ended.</summary>
public enum Health
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Something that some verbs need is missing.</summary>
    Missing,

    /// <summary>Something that every verb needs is missing or broken.</summary>
    Broken,
}

/// <summary>What a check found.</summary>
/// <param name="Health">How it ended.</param>
/// <param name="Found">What was found, for example a version and a path, or what is missing.</param>
/// <param name="Remedy">How to get it, as a command or a sentence; null when nothing is missing.</param>
public sealed record DoctorAnswer(Health Health, string Found, string? Remedy = null);

/// <summary>One thing that <c>lk doctor</c> looks at. Engines bring theirs; Host lists them.</summary>
/// <param name="Name">What is looked at, a lower-case noun.</param>
/// <param name="NeededFor">Which verbs need it.</param>
/// <param name="Look">Looks.</param>
public sealed record DoctorCheck(string Name, string NeededFor, Func<Workspace, CancellationToken, Task<DoctorAnswer>> Look)
{
    /// <summary>Whether every verb does its work without it, less comfortably: then its absence is told and is no failure.</summary>
    public bool Optional { get; init; }
}
