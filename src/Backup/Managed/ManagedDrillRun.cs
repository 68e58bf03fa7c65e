using System.Security.Cryptography;
using Lockkeeper.Backup.Drills;
using Lockkeeper.Backup.PostgreSql.Drills;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Managed;

/// <summary>Lets the service restore into an instance of the drill's own, signs in there as the cluster's administrator, looks at what is there by SQL, and always removes the instance.</summary>
/// <param name="policy">The policy.</param>
/// <param name="backups">The service.</param>
/// <param name="login">How the copy is signed in to.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="limit">How long the service may take to make the instance, and then the looking.</param>
internal sealed class ManagedDrillRun(BackupConfig policy, IManagedBackups backups, CopyLogin login, Workspace workspace, TimeSpan limit)
{
    /// <summary>How long connecting is tried: an instance that is available may not be known by its name yet.</summary>
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromMinutes(5);

    /// <summary>How long is waited for the service to remove the instance.</summary>
    private static readonly TimeSpan RemoveLimit = TimeSpan.FromHours(1);

    private readonly List<DrillCheck> checks = [];

    /// <summary>A name of the service's kind for the instance of a drill, with a random part.</summary>
    /// <param name="id">The cluster's name in the service.</param>
    public static string NameFor(string id) => $"{(id.Length > 40 ? id[..40].TrimEnd('-') : id)}-drill-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    /// <summary>Holds the drill.</summary>
    /// <param name="choice">What is restored.</param>
    /// <param name="view">What the service had when it was chosen.</param>
    /// <param name="wish">The instance.</param>
    /// <param name="times">Times the phases; what was chosen is in it.</param>
    /// <param name="outcome">What is known before.</param>
    /// <param name="cancel">Stops it; the instance is removed all the same.</param>
    public async Task<DrillOutcome> RunAsync(ManagedChoice choice, ManagedView view, CopyWish wish, PhaseTimes times, DrillOutcome outcome, CancellationToken cancel)
    {
        checks.AddRange(outcome.Checks);
        var isWhole = false;
        try
        {
            outcome = await HeldAsync(choice, view, wish, times, outcome, cancel);
            isWhole = true;
        }
        catch (LockkeeperException e) when (!cancel.IsCancellationRequested)
        {
            var facts = string.Join("; ", e.Facts.Select(fact => fact.Text));
            outcome = outcome with { Phases = times.All, Checks = checks, Failure = $"{e.Code.Id}: {e.Message}{(facts.Length == 0 ? "" : $" ({facts})")}", IsEvidence = e.Code == BackupErrors.DamagedSet };
            isWhole = true;
        }
        finally
        {
            // Not with the caller's token: a drill that was stopped leaves nothing behind either.
            var left = await RemoveAsync(wish.Name, toTheEnd: isWhole);
            workspace.Progress.Now(null);
            if (left is not null)
                outcome = outcome with { Failure = outcome.Failure is { } failure ? $"{failure}; {left}" : left, IsEvidence = outcome.Failure is not null && outcome.IsEvidence };
        }

        return outcome;
    }

    private async Task<DrillOutcome> HeldAsync(ManagedChoice choice, ManagedView view, CopyWish wish, PhaseTimes times, DrillOutcome outcome, CancellationToken cancel)
    {
        ManagedCopy? copy = null;
        await times.TimeAsync("available", async () => copy = await backups.RestoreAsync(choice.Source, wish, workspace.Progress, cancel), choice.Bytes > 0 ? choice.Bytes : null);
        if (copy is not { Host: { } host, Port: { } port })
            throw new LockkeeperException(BackupErrors.CopyNotMade, $"{wish.Name} is available, and the service does not say where it answers", "Look at it in the service.");
        workspace.Progress.Say($"{wish.Name} is there; it is removed at the end");
        var server = login.At(host, port);
        await times.TimeAsync("connected", () => server.ConnectAsync(ConnectLimit, workspace.Clock, cancel));
        var recoveryTime = times.All.Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.Took);
        using var looking = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        looking.CancelAfter(limit);
        try
        {
            await LookAsync(server, times, looking.Token);
        }
        catch (Exception e) when (looking.IsCancellationRequested && !cancel.IsCancellationRequested && e is OperationCanceledException or LockkeeperException)
        {
            throw new LockkeeperException(BackupErrors.CopyNotMade, $"the copy could not be looked at within {Kernel.Config.Durations.Words(limit)}", "Give it more time with --replay-limit.", inner: e);
        }

        var failed = checks.Where(check => check.Passed == false).ToList();
        outcome = outcome with { Phases = times.All, Checks = checks, ReachedUntil = choice.Until, RecoveryPoint = view.Newest is { } newest ? outcome.At - newest : null, RecoveryTime = recoveryTime };
        return failed.Count > 0 ? outcome with { Failure = string.Join("; ", failed.Select(check => $"{check.Name}: {check.Words}")) } : outcome.HeldAgainst(policy);
    }

    private async Task LookAsync(CopyServer server, PhaseTimes times, CancellationToken cancel)
    {
        var look = new SqlChecks(server, workspace.Progress);
        await times.TimeAsync("full read", async () => checks.Add(await look.ReadAsync(cancel)));
        await times.TimeAsync("amcheck", async () => checks.Add(await look.IndexesAsync(cancel)));
        await times.TimeAsync("checked", async () =>
        {
            checks.Add(await look.ChecksumsAsync(cancel));
            foreach (var question in policy.Checks)
                checks.Add(await look.AskAsync(question.Value, cancel));
        });
    }

    /// <returns>Why it is still there; null when it is gone.</returns>
    private async Task<string?> RemoveAsync(string name, bool toTheEnd)
    {
        try
        {
            await backups.RemoveDrillAsync(name, toTheEnd, RemoveLimit, workspace.Progress, CancellationToken.None);
            return null;
        }
        catch (LockkeeperException e)
        {
            var words = $"{BackupErrors.CopyLeft.Id}: {(e.Code == BackupErrors.CopyLeft ? e.Message : $"the drill's instance {name} could not be removed, and costs money until it is gone: {e.Message}")}";
            workspace.Progress.Say(words);
            return words;
        }
    }
}
