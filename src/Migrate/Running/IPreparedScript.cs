using Lockkeeper.Kernel.Plans;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running;

/// <summary>A script that its engine has split, parsed and checked: it is known what will be sent before anything is sent.</summary>
internal interface IPreparedScript
{
    /// <summary>The script as read.</summary>
    MigrationScript Source { get; }

    /// <summary>The text with the placeholders replaced; of a large file, what it is and its hash.</summary>
    string Text { get; }

    /// <summary>Whether all of it runs in one transaction.</summary>
    bool InTransaction { get; }

    /// <summary>How many statements it has.</summary>
    int StatementCount { get; }

    /// <summary>The parser's opinion of what it costs.</summary>
    Impact Impact { get; }
}

/// <summary>A migration with its prepared scripts.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Up">The script that applies it.</param>
/// <param name="Down">The script that undoes it, or null.</param>
internal sealed record PreparedMigration(Migration Migration, IPreparedScript Up, IPreparedScript? Down)
{
    /// <summary>The script that must pass before the migration counts as applied; null when none is to be run.</summary>
    public IPreparedScript? Verify { get; init; }

    /// <summary>What the table of an adopted tool has to hear when it runs; null without one.</summary>
    public ForeignMirror? Mirror { get; init; }
}
