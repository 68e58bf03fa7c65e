using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Tests.TestKit;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>SIGKILL of a server, and its return.</summary>
internal static class ServerCrash
{
    /// <summary>Kills the postmaster.</summary>
    public static async Task CrashAsync(this SandboxCluster cluster)
    {
        var postmaster = int.Parse((await File.ReadAllLinesAsync(Path.Combine(cluster.Folder, "data", "postmaster.pid"), TestContext.Current.CancellationToken))[0]);
        await Signals.SendAsync("KILL", postmaster);
        await ProcessState.GoneAsync(postmaster);
    }

    /// <summary>Starts it again. Backends notice a dead postmaster within moments; until the last has gone, the server does not start.</summary>
    public static async Task ComeBackAsync(this SandboxCluster cluster)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await cluster.StartAgainAsync(TestContext.Current.CancellationToken);
                return;
            }
            catch (LockkeeperException) when (tries < 20)
            {
                await Task.Delay(500);
            }
        }
    }
}
