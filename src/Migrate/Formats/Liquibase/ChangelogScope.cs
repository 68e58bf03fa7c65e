using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>What a file of a changelog has from the files that include it.</summary>
/// <param name="Contexts">The context expressions of the includes.</param>
/// <param name="Labels">The labels of the includes.</param>
/// <param name="Ignore">Whether an include says that all of it is ignored.</param>
/// <param name="Preconditions">The preconditions of the changelogs on the way.</param>
internal sealed record ChangelogScope(IReadOnlyList<string> Contexts, IReadOnlyList<string> Labels, bool Ignore, IReadOnlyList<PreconditionSet> Preconditions)
{
    public static ChangelogScope Root { get; } = new([], [], false, []);

    /// <summary>The scope of a file that is included.</summary>
    public ChangelogScope With(string context, string labels, bool ignore) => new([.. Contexts, context], [.. Labels, labels], Ignore || ignore, Preconditions);
}
