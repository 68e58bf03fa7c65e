using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>One change of a plan: everything that Sqitch's registry knows of it but the script's hash.</summary>
internal sealed record SqitchChange
{
    /// <summary>The project that it belongs to.</summary>
    public required string Project { get; init; }

    /// <summary>The project's URI as written, or null.</summary>
    public required string? ProjectUri { get; init; }

    /// <summary>Its name; a reworked change has the same one as the change before it.</summary>
    public required string Name { get; init; }

    /// <summary>Sqitch's change_id.</summary>
    public required string ChangeId { get; init; }

    /// <summary>What tells it from other changes of its name for good: the name, and for a reworked one the tag that it comes after, <c>name@tag+</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The note; empty when there is none.</summary>
    public required string Note { get; init; }

    /// <summary>Who planned it, and when.</summary>
    public required SqitchPlanner Planner { get; init; }

    /// <summary>What it requires and what it conflicts with, in the order of the plan.</summary>
    public required IReadOnlyList<SqitchDependency> Dependencies { get; init; }

    /// <summary>Its tags.</summary>
    public required IReadOnlyList<SqitchTag> Tags { get; init; }

    /// <summary>The tags that its files may be named after, best first; empty unless a later change reworks it.</summary>
    public required IReadOnlyList<string> ReworkTags { get; init; }

    /// <summary>Its place in the plan.</summary>
    public required SourcePosition At { get; init; }

    /// <summary>The key of a change that reworks an earlier one of its name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="sinceTag">The last tag before it, without the <c>@</c>.</param>
    public static string ReworkedKey(string name, string? sinceTag) => $"{name}@{sinceTag}+";

    /// <summary>What it requires.</summary>
    public IEnumerable<SqitchDependency> Requires => Dependencies.Where(dependency => !dependency.Conflicts);

    /// <summary>What it conflicts with.</summary>
    public IEnumerable<SqitchDependency> Conflicts => Dependencies.Where(dependency => dependency.Conflicts);
}

/// <summary>Who planned a change or tag, and when: in UTC, as the plan writes it.</summary>
internal sealed record SqitchPlanner(string Name, string Email, string PlannedAt);

/// <summary>A tag: its name without the <c>@</c>, and Sqitch's tag_id.</summary>
internal sealed record SqitchTag(string Name, string TagId, string Note, SqitchPlanner Planner);

/// <summary>What a change requires or conflicts with.</summary>
/// <param name="Conflicts">It must not be there.</param>
/// <param name="Project">The other project; null for this one.</param>
/// <param name="Change">The change's name, or null for a tag alone.</param>
/// <param name="Tag">The tag, or null.</param>
/// <param name="ChangeId">The change_id in place of a name, or null.</param>
/// <param name="At">Its place in the plan.</param>
internal sealed record SqitchDependency(bool Conflicts, string? Project, string? Change, string? Tag, string? ChangeId, SourcePosition At)
{
    /// <summary>The change_id of the change of the same plan that is meant; null for one of another project.</summary>
    public string? ResolvedId { get; init; }

    /// <summary>As Sqitch writes it: <c>change@tag</c>, with <c>project:</c> before it for another project.</summary>
    public string Words => (Project is null ? "" : $"{Project}:") + (ChangeId ?? Change + (Tag is null ? "" : $"@{Tag}"));

    /// <summary>Where the plan has the change that is meant: the first of a name, or the last of it up to a tag; -1 when it has none.</summary>
    public int IndexIn(IReadOnlyList<SqitchChange> changes)
    {
        var tagged = Tag is null ? changes.Count - 1 : Last(changes.Count - 1, change => change.Tags.Any(tag => tag.Name == Tag));
        if (ChangeId is not null)
            return First(change => change.ChangeId == ChangeId);
        if (Change is null)
            return tagged;
        return Tag is null ? First(change => change.Name == Change) : Last(tagged, change => change.Name == Change);

        int First(Func<SqitchChange, bool> wanted)
        {
            for (var i = 0; i < changes.Count; i++)
            {
                if (wanted(changes[i]))
                    return i;
            }

            return -1;
        }

        int Last(int from, Func<SqitchChange, bool> wanted)
        {
            while (from >= 0 && !wanted(changes[from]))
                from--;
            return from;
        }
    }
}
