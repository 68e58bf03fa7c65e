using Lockkeeper.Server.Git;
using Lockkeeper.Server.Schedules;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Nodes;

/// <summary>What a server does besides answering: signs of life, what others have left, schedules, the project's repository.</summary>
internal sealed class Background : IAsyncDisposable
{
    private readonly ServerParts parts;
    private readonly NodeWatch? watch;
    private readonly CancellationTokenSource noMoreRuns = new();
    private readonly CancellationTokenSource end = new();
    private readonly Task scheduling;
    private readonly Task watching;
    private readonly Task following;

    private Background(ServerParts parts, NodeWatch? watch)
    {
        (this.parts, this.watch) = (parts, watch);
        scheduling = Task.Run(() => new Scheduler(parts).RunAsync(noMoreRuns.Token));
        parts.Follower = new ProjectFollower(parts);
        following = Task.Run(() => parts.Follower.RunAsync(noMoreRuns.Token));
        watching = watch is null ? Task.CompletedTask : Task.Run(() => watch.RunAsync(end.Token));
    }

    /// <summary>Begins. Over a state of its own it says first what the server before has left.</summary>
    public static async Task<Background> StartAsync(ServerParts parts, NodeStore nodes, CancellationToken cancel)
    {
        NodeWatch? mine = null;
        if (nodes.IsShared)
        {
            mine = new NodeWatch(parts, nodes);
            mine.Register();
        }
        else
        {
            foreach (var left in parts.Jobs.TakeOver())
            {
                await parts.RecordAsync("server.job_interrupted", left.Actor, $$"""{"job":"{{left.Id}}"}""", cancel);
                parts.Home.Progress.Say($"job {left.Id} ({left.Verb}, {left.Actor}) was interrupted when the server stopped; its page says so");
            }
        }

        return new Background(parts, mine);
    }

    /// <summary>Ends in the order that leaves nothing behind: no new runs, then those that run, and signs of life until they have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await noMoreRuns.CancelAsync();
        await scheduling;
        await following;
        await parts.Jobs.DisposeAsync();
        await end.CancelAsync();
        await watching;
        watch?.Leave();
        noMoreRuns.Dispose();
        end.Dispose();
    }
}
