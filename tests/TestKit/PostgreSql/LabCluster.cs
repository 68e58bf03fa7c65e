using Lockkeeper.Engines.PostgreSql.Sandbox;

namespace Lockkeeper.Tests.TestKit.PostgreSql;

/// <summary>A server of a newer version than the distribution's, from the programs that <c>eng/lab</c> fetches.</summary>
public static class LabCluster
{
    private static readonly Lazy<Task<SandboxCluster>> Shared = new(() => TestCluster.StartAsync(binariesFolder: Binaries));

    /// <summary>The folder of its programs.</summary>
    /// <exception cref="InvalidOperationException">They were not fetched.</exception>
    public static string Binaries => Lab.Folder("postgresql-17-pgbackrest/usr/lib/postgresql/17/bin");

    /// <summary>The one that the tests of this process share. It is started by the first test that asks, and ends with the process.</summary>
    public static Task<SandboxCluster> SharedAsync() => Shared.Value;
}
