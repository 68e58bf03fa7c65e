using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Lint;

/// <summary>Looks at the migrations of one engine.</summary>
internal interface ILinter
{
    /// <summary>The engine's name in the configuration.</summary>
    string Engine { get; }

    /// <summary>Every rule, in the order of the reference.</summary>
    IReadOnlyList<RuleInfo> Rules { get; }

    /// <summary>Loads what looking at files takes, on a core that has nothing else to do while they are searched for and read.</summary>
    void Prepare();

    /// <summary>Looks at migrations.</summary>
    /// <param name="input">Which ones, and what is known.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What was found, a script each, in the order of the series; scripts without a finding or a suppression are left out.</returns>
    IReadOnlyList<ScriptFindings> Lint(LintInput input, CancellationToken cancel);

    /// <summary>Asks a target for what the rules want to know. Nothing is written to it.</summary>
    /// <param name="database">The database.</param>
    /// <param name="url">Where it is.</param>
    /// <param name="redactor">Learns the password.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException">It cannot be reached or read.</exception>
    Task<ITargetFacts> ReadTargetAsync(DatabaseConfig database, string url, Redactor redactor, CancellationToken cancel);
}

/// <summary>What to look at.</summary>
/// <param name="Series">The whole series: the files before tell what is there already.</param>
/// <param name="Database">The database that it belongs to.</param>
/// <param name="IsChosen">Which migrations to look at.</param>
internal sealed record LintInput(MigrationSeries Series, DatabaseConfig Database, Func<Migration, bool> IsChosen)
{
    /// <summary>Whether the chosen ones go out together: then what the first creates, nobody uses when the second runs. Otherwise each file is a release of its own.</summary>
    public bool IsOneRelease { get; init; }

    /// <summary>What is known of the target; null when none was asked.</summary>
    public ITargetFacts? Target { get; init; }

    /// <summary>Which rules are asked; all by default. One that the policy has off everywhere need not look.</summary>
    public Func<RuleInfo, bool> IsWanted { get; init; } = _ => true;

    /// <summary>The newest migration that is in place although it stands after the given one; null for one that is not late, which all are by default.</summary>
    public Func<Migration, Migration?> LaterInPlace { get; init; } = _ => null;

    /// <summary>Why the target was not asked, in words; null when it was, or when none was wanted.</summary>
    public string? NotAsked { get; init; }
}

/// <summary>What an engine knows of a target before the chosen migrations run; its own linter reads it.</summary>
internal interface ITargetFacts
{
    /// <summary>What could not be found out, each a lower-case sentence: a missing privilege, a missing extension.</summary>
    IReadOnlyList<string> NotChecked { get; }
}

/// <summary>What was found in a script.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="File">Its file as a user would type it.</param>
/// <param name="Findings">Every finding with its rule's own severity, in the order of the places.</param>
/// <param name="Suppressions">Where the file says that something is all right.</param>
internal sealed record ScriptFindings(Migration Migration, string File, IReadOnlyList<Finding> Findings, IReadOnlyList<Suppression> Suppressions);
