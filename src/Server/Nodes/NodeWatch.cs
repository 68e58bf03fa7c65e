using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Nodes;

/// <summary>Gives signs of life of this server, watches those of the others, and takes over what a dead one has left.</summary>
/// <remarks>
/// That a server is thought dead while it only was slow does no harm: its next sign of life fails, it stops what it does, what it would write
/// about its jobs is not taken any more, and what it still does to a target is refused by the target's fence.
/// </remarks>
/// <param name="parts">This server.</param>
/// <param name="nodes">The servers over the state.</param>
internal sealed class NodeWatch(ServerParts parts, NodeStore nodes)
{
    /// <summary>Between two signs of life.</summary>
    public static readonly TimeSpan Pulse = TimeSpan.FromSeconds(2);

    /// <summary>A server that gave none for so long is dead. The time counts only while the state could be read.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    private readonly Dictionary<string, (string Text, long Since)> seen = new(StringComparer.Ordinal);
    private string? last;
    private long beat;
    private bool isAway;

    /// <summary>Says that this server lives, before it takes the first job.</summary>
    public void Register() => last = nodes.Beat(Mine(), null);

    /// <summary>Watches until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Pulse, parts.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
                await LookAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    /// <summary>Says that this server has ended, so that nobody waits for it.</summary>
    public void Leave()
    {
        try
        {
            if (last is not null)
                nodes.Bury(parts.Jobs.Node, last);
        }
        catch (LockkeeperException)
        {
            // The others find out by waiting.
        }
    }

    /// <summary>One look around.</summary>
    private async Task LookAsync(CancellationToken cancel)
    {
        try
        {
            Beat();
            // Jobs before nodes: who takes a job has said before that it lives.
            var open = parts.Jobs.Store.Open();
            var alive = Living();
            foreach (var job in open.Where(job => job.Node is null || (job.Node != parts.Jobs.Node && !alive.Contains(job.Node))))
                await parts.Jobs.AdoptAsync(job, parts, cancel);
            parts.Jobs.Publish();
            if (isAway)
                parts.Home.Progress.Say("the state answers again");
            isAway = false;
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            // Whatever it is, this server lives and goes on saying so. While nobody can read the state, nobody is seen to be dead.
            var e = cause as LockkeeperException ?? VerbRun.Unexpected(cause);
            seen.Clear();
            if (!isAway)
                parts.Home.Progress.Say($"warning: {e.Code.Id}: {e.Message}; the server goes on when it answers");
            isAway = true;
        }
    }

    private void Beat()
    {
        var text = nodes.Beat(Mine(), last);
        if (text is null)
        {
            // Others have struck this server out and have taken its jobs: it begins anew, under another name.
            parts.Home.Progress.Say("warning: this server was silent for too long; others have its jobs now, and what still ran here is stopped");
            parts.Jobs.GiveUp();
            text = nodes.Beat(Mine(), null);
        }

        last = text;
    }

    private HashSet<string> Living()
    {
        var (living, now) = (new HashSet<string>(StringComparer.Ordinal), parts.Clock.GetTimestamp());
        foreach (var (node, text) in nodes.All())
        {
            if (node.Name == parts.Jobs.Node)
                continue;
            if (!seen.TryGetValue(node.Name, out var before) || before.Text != text)
                seen[node.Name] = before = (text, now);
            if (parts.Clock.GetElapsedTime(before.Since, now) < Patience)
            {
                living.Add(node.Name);
                continue;
            }

            if (nodes.Bury(node.Name, text))
                parts.Home.Progress.Say($"the server {node.Name} gives no sign of life; its jobs are looked after here");
            seen.Remove(node.Name);
        }

        return living;
    }

    private Node Mine() => new(parts.Jobs.Node, parts.Clock.GetUtcNow(), ++beat);
}
