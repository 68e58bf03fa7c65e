using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;

namespace Lockkeeper.Migrate.Running;

/// <summary>How every run begins: admitted before anything is touched, then the lease, then admitted again by what is there under it, for another runner may have been at work meanwhile.</summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="options">How it was asked for.</param>
/// <param name="ignoreWindow">Whether it may run outside of the window.</param>
internal sealed class RunOpening(ChosenTarget chosen, Workspace workspace, RunOptions options, bool ignoreWindow)
{
    private readonly Admission admission = new(chosen, workspace);

    /// <summary>Admits a draft that was made before anything is touched, and makes the tables.</summary>
    public async Task PrepareAsync(Draft draft, CancellationToken cancel)
    {
        await admission.AdmitAsync(draft, options, ignoreWindow, cancel);
        // A run over the schemas of a database has made the tables once for all.
        if (chosen.Tenant is not { Schema.Length: > 0 })
            await chosen.Target.PrepareStoreAsync(cancel);
    }

    /// <summary>Takes the lease; what is done under it ends when it is lost.</summary>
    /// <param name="doing">What is done, for others who wait: <c>applying to</c>.</param>
    /// <param name="cancel">Stops waiting, and what is done.</param>
    public async Task<HeldLease> LeaseAsync(string doing, CancellationToken cancel) =>
        new(await chosen.Target.TakeLeaseAsync($"{workspace.Actor}, {doing} {chosen.Environment.Name}", options.LeaseWait, workspace.Progress, cancel), cancel);

    /// <summary>Admits the draft that was made under the lease, and takes over first what an adopted tool did on its own.</summary>
    /// <returns>The run's id.</returns>
    public async Task<string> AdmitAsync(Draft draft, HeldLease held)
    {
        var run = await admission.AdmitAsync(draft, options, ignoreWindow, held.Token);
        await new TakeoverWriting(chosen, workspace).WriteAsync(draft, run, held.Lease, held.Token);
        return run;
    }
}

/// <summary>A lease with the token that ends with it.</summary>
internal sealed class HeldLease(ITargetLease lease, CancellationToken cancel) : IAsyncDisposable
{
    private readonly CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancel, lease.Lost);

    public ITargetLease Lease => lease;

    /// <summary>Cancelled with the run, and when the lease goes to another runner.</summary>
    public CancellationToken Token => both.Token;

    public async ValueTask DisposeAsync()
    {
        both.Dispose();
        await lease.DisposeAsync();
    }
}
