namespace Lockkeeper.Migrate.Series;

/// <summary>What kind of migration a file is.</summary>
internal enum MigrationKind
{
    /// <summary>Runs once, in the order of its version.</summary>
    Versioned,

    /// <summary>Runs after the versioned ones, again whenever its file changes.</summary>
    Repeatable,

    /// <summary>Stands for all versions up to its own on an empty target.</summary>
    Baseline,

    /// <summary>Runs once, in the order of a plan or changelog; it has an id and no version (Sqitch, Liquibase).</summary>
    Planned,
}

/// <summary>One migration of a series.</summary>
/// <param name="Id">Its identity in the history: the version as spelled, the plan's name for it, or <c>R:name</c> for a repeatable one.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Version">The version; null for a repeatable or planned one.</param>
/// <param name="Name">What it is called, words instead of underscores.</param>
/// <param name="Up">The script that applies it.</param>
/// <param name="Down">The script that undoes it, or null.</param>
internal sealed record Migration(string Id, MigrationKind Kind, MigrationVersion? Version, string Name, MigrationScript Up, MigrationScript? Down)
{
    /// <summary>How reports call it, for example <c>0007 add orders</c>.</summary>
    public string Title => Kind switch
    {
        MigrationKind.Repeatable => $"{Name} (repeatable)",
        MigrationKind.Planned => Name.Length == 0 ? Id : $"{Id} {Name}",
        _ => Name.Length == 0 ? Version!.Text : $"{Version!.Text} {Name}",
    };

    /// <summary>What makes it the same migration in the folder and in a history.</summary>
    public MigrationKey Key => MigrationKey.Of(Kind, Version, Id);

    /// <summary>Whether it runs although an older version arrived late; null for the policy of the configuration.</summary>
    public bool? OutOfOrder { get; init; }

    /// <summary>Whether a repeatable one runs in every run, changed or not.</summary>
    public bool RunAlways { get; init; }

    /// <summary>Whether its author says that an edit after it was applied changes nothing.</summary>
    public bool AcceptsEdits { get; init; }

    /// <summary>Whether a run goes on when it fails and leaves it for the next one.</summary>
    public bool LeavesFailed { get; init; }

    /// <summary>What its tool's table calls it, where that is not its id; null elsewhere.</summary>
    public string? RecordedAs { get; init; }

    /// <summary>What Liquibase keeps of it; null for a migration of another format.</summary>
    public ChangesetFacts? Changeset { get; init; }

    /// <summary>What must hold in the target before it runs; null for nothing.</summary>
    public PreconditionSet? Preconditions { get; init; }

    /// <summary>Set when the file's own settings say that it must not run; it is then shown and skipped.</summary>
    public bool Disabled { get; init; }

    /// <summary>The script that fails unless the migration did what it should; null when there is none.</summary>
    public MigrationScript? Verify { get; init; }

    /// <summary>Whether the format's own settings want <see cref="Verify"/> run; the configuration goes before them.</summary>
    public bool VerifiesByItself { get; init; }

    /// <summary>What a Sqitch plan says of it; null in other formats.</summary>
    public SqitchChange? Sqitch { get; init; }
}
