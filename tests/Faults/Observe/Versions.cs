using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>The versions of PostgreSQL on which alerts are proven: the distribution's, and a newer one from the lab.</summary>
public static class Versions
{
    private const int Distribution = 15;
    private const int Newer = 17;

    /// <summary>Both; the newer one in long runs only.</summary>
    public static TheoryData<int> Every => [new TheoryDataRow<int>(Distribution), new TheoryDataRow<int>(Newer).WithTrait("Category", "Long")];

    /// <summary>Both in everyday runs too: where the newer version says it in another place.</summary>
    public static TheoryData<int> EveryDay => [new TheoryDataRow<int>(Distribution), new TheoryDataRow<int>(Newer)];

    /// <summary>Starts a server of a version.</summary>
    internal static Task<SandboxCluster> StartAsync(int version, IReadOnlyDictionary<string, string>? settings = null) =>
        TestCluster.StartAsync(settings, binariesFolder: version == Distribution ? null : LabCluster.Binaries);
}

/// <summary>The servers of a test class, one a version, each started by the first test that asks for it.</summary>
/// <param name="settings">What differs from the defaults of tests.</param>
/// <param name="statements">Run once on a new server.</param>
internal sealed class ServersByVersion(IReadOnlyDictionary<string, string>? settings = null, params string[] statements) : IAsyncDisposable
{
    private readonly Dictionary<int, SandboxCluster> started = [];

    public async Task<SandboxCluster> OnAsync(int version)
    {
        if (started.TryGetValue(version, out var known))
            return known;
        var server = started[version] = await Versions.StartAsync(version, settings);
        // Servers of tests do not wait for their log: a crash right after would take these along.
        await Session.OnceAsync(server, [.. statements, "CHECKPOINT"]);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in started.Values)
            await server.DisposeAsync();
    }
}
