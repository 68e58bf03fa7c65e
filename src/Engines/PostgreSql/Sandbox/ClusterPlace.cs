namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>Where a cluster lives.</summary>
/// <param name="Folder">Its folder: data, server.log, cluster.json.</param>
/// <param name="Binaries">The folder of the server's programs.</param>
/// <param name="Lock">Its lock file, which goes with it.</param>
internal sealed record ClusterPlace(string Folder, string Binaries, string Lock)
{
    /// <summary>Its unique name, that of its folder.</summary>
    public string Name => Path.GetFileName(Folder);

    /// <summary>The server's data directory.</summary>
    public string Data => Path.Combine(Folder, "data");

    /// <summary>The server's log.</summary>
    public string Log => Path.Combine(Folder, "server.log");
}
