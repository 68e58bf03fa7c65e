namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>Where a cluster lives.</summary>
/// <param name="Name">Its name, and that of its folder.</param>
/// <param name="Folder">Its folder: data, server.log, cluster.json.</param>
/// <param name="Binaries">The folder of the server's programs.</param>
/// <param name="Lock">The lock file that goes with it; null when the lock file stays.</param>
internal sealed record ClusterPlace(string Name, string Folder, string Binaries, string? Lock)
{
    /// <summary>The server's data directory.</summary>
    public string Data => Path.Combine(Folder, "data");

    /// <summary>The server's log.</summary>
    public string Log => Path.Combine(Folder, "server.log");
}
