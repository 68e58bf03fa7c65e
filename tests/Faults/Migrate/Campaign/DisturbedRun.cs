using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;

namespace Lockkeeper.Tests.Faults.Migrate.Campaign;

/// <summary>One run of lk through a proxy, disturbed at one of its messages.</summary>
internal static class DisturbedRun
{
    /// <summary>Runs <c>lk migrate apply</c> and disturbs it.</summary>
    /// <param name="project">The project; its environment <c>dev</c> is behind the proxy while this runs.</param>
    /// <param name="database">Its database.</param>
    /// <param name="message">The message, counted from 1 over all connections.</param>
    /// <param name="disturbance">What happens there.</param>
    /// <param name="delay">For <see cref="Disturbance.KillInside"/>: how long after the message.</param>
    /// <param name="server">For <see cref="Disturbance.ServerCrash"/>: the server.</param>
    /// <returns>The messages of the run, and how it ended.</returns>
    public static async Task<(int Messages, LkResult Result)> RunAsync(LkProject project, TestDatabase database, int message, Disturbance disturbance, TimeSpan delay, SandboxCluster? server = null)
    {
        var direct = database.Url;
        await using var proxy = new TcpProxy(new UriBuilder(direct).Port);
        project.PointTo("dev", proxy.Through(direct));
        using var ready = new ManualResetEventSlim();
        LkProcess? lk = null;
        var crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var seen = 0;
        var gate = new Lock();
        var (begun, over) = (false, false);
        proxy.OnClientBytes = bytes =>
        {
            if (Interlocked.Increment(ref seen) != message)
                return;
            ready.Wait();
            switch (disturbance)
            {
                case Disturbance.KillBefore:
                    lk!.Kill();
                    proxy.Cut();
                    break;
                case Disturbance.KillAfter:
                    lk!.Kill();
                    break;
                case Disturbance.KillInside:
                    _ = Task.Run(async () => { await Task.Delay(delay); lk!.Kill(); });
                    break;
                case Disturbance.Cut:
                    proxy.Cut();
                    break;
                case Disturbance.ServerCrash:
                    // The last message of a run, which nobody waits for an answer to, may come by when lk has ended.
                    lock (gate)
                    {
                        if (over)
                            return;
                        begun = true;
                    }

                    try
                    {
                        server!.CrashAsync().GetAwaiter().GetResult();
                        crashed.SetResult();
                    }
                    catch (Exception e)
                    {
                        crashed.SetException(e);
                    }

                    break;
            }
        };
        LkResult result;
        await using (lk = await project.StartAsync("migrate", "apply", "--env", "dev", "--yes"))
        {
            ready.Set();
            var ended = lk.WaitAsync();
            if (server is not null)
            {
                await Task.WhenAny(crashed.Task, ended);
                lock (gate)
                    over = !begun;
                if (begun)
                {
                    await crashed.Task;
                    await server.ComeBackAsync();
                }
            }

            result = await ended;
        }

        project.PointTo("dev", direct);
        return (seen, result);
    }
}
