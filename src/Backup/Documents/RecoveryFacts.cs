using System.Text.Json.Nodes;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Backup.Documents;

/// <summary>What the page for a disaster is written from.</summary>
internal sealed record RecoveryFacts
{
    /// <summary>The declaration.</summary>
    public required ClusterConfig Cluster { get; init; }

    /// <summary>When they were gathered.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Where the server lies.</summary>
    public required ServerPlace Server { get; init; }

    /// <summary>The repositories with what of them can be restored.</summary>
    public required IReadOnlyList<(RepositoryView View, RecoverabilityMap Map)> Maps { get; init; }

    /// <summary>What the policy does not allow.</summary>
    public required IReadOnlyList<Finding> Alerts { get; init; }

    /// <summary>The entries of the drills, the oldest first.</summary>
    public required IReadOnlyList<JsonObject> Drills { get; init; }

    /// <summary>How long a restore would take now; null when no drill has measured one.</summary>
    public Forecast? Forecast { get; init; }

    /// <summary>The end of the ledger whose chain was checked, such as <c>entry 12, hash 3fa9…</c>; or what is wrong with it.</summary>
    public required string Ledger { get; init; }
}

/// <summary>Where a server lies.</summary>
/// <param name="Host">Its host.</param>
/// <param name="Major">Its major version.</param>
/// <param name="DataDirectory">Its data directory.</param>
/// <param name="Port">Its port.</param>
/// <param name="User">The operating system's user that it runs as.</param>
/// <param name="Programs">The folder of its programs.</param>
/// <param name="Configuration">The backup program's configuration.</param>
internal sealed record ServerPlace(string Host, int Major, string DataDirectory, int Port, string User, string Programs, string Configuration);
