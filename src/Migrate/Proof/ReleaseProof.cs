using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.Proof.Order;
using Lockkeeper.Migrate.Proof.Queries;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Proof;

/// <summary>What is shown of a release before it meets its target.</summary>
internal sealed record ReleaseProof
{
    /// <summary>The database's name in the configuration.</summary>
    public required string Database { get; init; }

    /// <summary>The target; null when the proof starts from the migrations alone.</summary>
    public required string? Target { get; init; }

    /// <summary>What the migrations ran on.</summary>
    public required string Shadow { get; init; }

    /// <summary>The release's artifact hash.</summary>
    public required string Artifact { get; init; }

    /// <summary>The migrations that were tried, in order.</summary>
    public required IReadOnlyList<MigrationProof> Migrations { get; init; }

    /// <summary>What was not checked, one sentence each.</summary>
    public required IReadOnlyList<string> NotChecked { get; init; }

    /// <summary>Where the traffic of the forecast comes from, in words; null without a target.</summary>
    public string? Traffic { get; init; }

    /// <summary>Late migrations that were tried before and after what is there already.</summary>
    public IReadOnlyList<OrderProof> Orders { get; init; } = [];

    /// <summary>What the release does to the statements of applications; null when none was asked about.</summary>
    public QueriesProof? Queries { get; init; }

    /// <summary>What speaks against the release.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}

/// <summary>What is shown of one migration.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Trace">What it did.</param>
/// <param name="WayBack">What is known of its way back.</param>
internal sealed record MigrationProof(PreparedMigration Migration, ScriptTrace Trace, WayBack WayBack)
{
    /// <summary>What it is expected to do to the target; null without one.</summary>
    public Forecast? Forecast { get; init; }
}
