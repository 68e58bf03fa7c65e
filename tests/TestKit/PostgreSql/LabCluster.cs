using Lockkeeper.Engines.PostgreSql.Sandbox;

namespace Lockkeeper.Tests.TestKit.PostgreSql;

/// <summary>A server of a newer version than the distribution's, from the programs that <c>eng/lab</c> fetches.</summary>
public static class LabCluster
{
    private static readonly Lazy<Task<SandboxCluster>> Shared = new(() => TestCluster.StartAsync(binariesFolder: Binaries));

    /// <summary>The folder of its programs.</summary>
    /// <exception cref="InvalidOperationException">They were not fetched.</exception>
    public static string Binaries
    {
        get
        {
            var folder = Path.Combine(Cache(), "postgresql-17/usr/lib/postgresql/17/bin");
            return Directory.Exists(folder) ? folder : throw new InvalidOperationException($"There is no {folder}: run eng/setup test, which fetches it.");
        }
    }

    /// <summary>The one that the tests of this process share. It is started by the first test that asks, and ends with the process.</summary>
    public static Task<SandboxCluster> SharedAsync() => Shared.Value;

    /// <summary>The same rule as in eng/lab.</summary>
    private static string Cache()
    {
        if (NotEmpty("LK_LAB") is { } given)
            return given;
        var place = NotEmpty("XDG_CACHE_HOME")
            ?? (Environment.IsPrivilegedProcess ? "/var/cache" : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"));
        return Path.Combine(place, "lockkeeper", "lab");
    }

    private static string? NotEmpty(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
