using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Differences;

namespace Lockkeeper.Provision.Clusters;

/// <summary>A cluster that a declaration is about; the duty's port to its engine.</summary>
internal interface IClusterTarget : IAsyncDisposable
{
    /// <summary>Where it is, fit for messages.</summary>
    string Name { get; }

    /// <summary>Reads what there is and holds it against the declaration. Changes nothing.</summary>
    /// <param name="progress">Hears what is read.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException">The declaration asks for what the server cannot give, or the server is not there.</exception>
    Task<Comparison> CompareAsync(IProgressSink progress, CancellationToken cancel);

    /// <summary>Takes the right to be the only one that changes the cluster.</summary>
    /// <param name="holder">Who takes it, for others to read.</param>
    /// <param name="wait">How long to wait for another holder.</param>
    /// <param name="progress">Hears for whom it waits.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<IClusterLease> TakeLeaseAsync(string holder, TimeSpan wait, IProgressSink progress, CancellationToken cancel);

    /// <summary>The declaration of the cluster as it is.</summary>
    /// <param name="progress">Hears what is read.</param>
    /// <param name="cancel">Stops reading.</param>
    Task<AdoptedCluster> AdoptAsync(IProgressSink progress, CancellationToken cancel);
}

/// <summary>A declaration made from a cluster that is there.</summary>
/// <param name="Yaml">The file.</param>
/// <param name="Server">The server in words.</param>
/// <param name="Secrets">The references that its passwords need, for people.</param>
/// <param name="NotChecked">What could not be read and why.</param>
internal sealed record AdoptedCluster(string Yaml, string Server, IReadOnlyList<string> Secrets, IReadOnlyList<string> NotChecked);

/// <summary>The right to be the only one that changes a cluster.</summary>
internal interface IClusterLease : IAsyncDisposable
{
    /// <summary>Fires when another runner has it.</summary>
    CancellationToken Lost { get; }

    /// <summary>Corrects one difference.</summary>
    /// <param name="difference">The difference; it has a remedy.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="Kernel.Plans.StepFailedException">It failed.</exception>
    Task CorrectAsync(Difference difference, CancellationToken cancel);
}

/// <summary>Makes targets of one engine.</summary>
internal interface IClusterEngine
{
    /// <summary>The engine's name in declarations.</summary>
    string Engine { get; }

    /// <summary>Describes a target; nothing is sent yet, but its secrets are resolved.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops the command of a secret.</param>
    Task<IClusterTarget> OpenAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel);

    /// <summary>The cluster that is to be adopted, when its place is one of this engine's own kind; null when it is not.</summary>
    /// <param name="given">Its name and file.</param>
    /// <param name="place">Its place.</param>
    ClusterConfig? Take(ClusterConfig given, AdoptedPlace place) => null;
}

/// <summary>Where a cluster is that is to be adopted, as a user says it.</summary>
/// <param name="Url">The URL, or a reference to it.</param>
/// <param name="Admin">How what is inside is reached, when the URL does not say that; null for not at all.</param>
/// <param name="Endpoint">The URL of a managed service; null for its own.</param>
internal sealed record AdoptedPlace(string Url, string? Admin, string? Endpoint);
