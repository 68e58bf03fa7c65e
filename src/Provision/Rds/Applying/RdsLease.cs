using Lockkeeper.Engines.Rds;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.Rds.Reading;

namespace Lockkeeper.Provision.Rds.Applying;

/// <summary>
/// Makes the calls that correct differences, and waits after each. The service knows no lease: what keeps two runners apart is that a name can be made only once, that a change says
/// what is to be and not what to do, and that an instance which is being changed refuses another change. What is inside is changed under the lease of the database itself.
/// </summary>
/// <param name="declared">The declaration.</param>
/// <param name="client">The service.</param>
/// <param name="reading">Reads the service.</param>
/// <param name="takeInside">Takes the lease of the database.</param>
/// <param name="progress">Hears what is waited for.</param>
/// <param name="clock">The clock.</param>
internal sealed class RdsLease(RdsDeclaration declared, RdsClient client, RdsReading reading, Func<IClusterTarget, Task<IClusterLease>> takeInside, IProgressSink progress, TimeProvider clock) : IClusterLease
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Availability availability = new(declared, reading, progress, clock);

    private IClusterLease? inside;

    public CancellationToken Lost => inside?.Lost ?? CancellationToken.None;

    /// <summary>Takes the lease of the database, once it answers; what is compared from then on holds until the end.</summary>
    public async Task TakeInsideAsync(IClusterTarget target) => inside ??= await takeInside(target);

    public async Task CorrectAsync(Difference difference, CancellationToken cancel)
    {
        var remedy = difference.Remedy!;
        if (remedy.Calls.Count == 0)
        {
            await inside!.CorrectAsync(difference, cancel);
            return;
        }

        var isSent = false;
        try
        {
            foreach (var call in remedy.Calls)
            {
                await SendAsync(call, cancel);
                isSent = true;
                await WaitAsync(call, cancel);
            }
        }
        catch (LockkeeperException e)
        {
            // Of a call without an answer nobody can say whether it took effect: the next run reads what is there.
            throw new StepFailedException(Failed(difference, e), leftTraces: isSent || e.Code == RdsErrors.Unavailable);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (inside is not null)
            await inside.DisposeAsync();
    }

    private async Task SendAsync(ServiceCall call, CancellationToken cancel)
    {
        // A difference that is only waited for: the wait does the asking.
        if (call.Action.StartsWith("Describe", StringComparison.Ordinal))
            return;
        while (true)
        {
            try
            {
                await client.CallAsync(call.Action, call.Parameters, cancel);
                return;
            }
            catch (LockkeeperException e) when (RdsRefusal.CodeOf(e) is { } code)
            {
                if (call.Action.StartsWith("Create", StringComparison.Ordinal) && code.Contains("AlreadyExists", StringComparison.Ordinal) && await IsOursAsync(call, cancel))
                    return;
                // Another change is under way, of ours before a kill, of another runner, or of the service itself.
                if (!(code.StartsWith("InvalidDB", StringComparison.Ordinal) && code.Contains("State", StringComparison.Ordinal)) || availability.Left <= TimeSpan.Zero)
                    throw;
                await WaitAsync(call, cancel);
                await availability.PauseAsync(Pause, cancel);
            }
        }
    }

    /// <summary>There is no token that would make a call that was sent twice take effect once: what is there already with our tag was made by the first one, or by another runner of the same declaration.</summary>
    private async Task<bool> IsOursAsync(ServiceCall call, CancellationToken cancel)
    {
        var id = call.Parameters[0].Value;
        if (call.Action.EndsWith("ParameterGroup", StringComparison.Ordinal))
            return (await reading.GroupAsync(id, declared.IsAurora, cancel))?.Owner == declared.Owner;
        var live = call.Action == "CreateDBCluster" ? await reading.MainAsync(id, isAurora: true, cancel) : await reading.InstanceAsync(id, cancel);
        return live?.Tags.GetValueOrDefault(RdsService.OwnerTag) == declared.Owner;
    }

    private async Task WaitAsync(ServiceCall call, CancellationToken cancel)
    {
        switch (call.Parameters[0].Key)
        {
            case "DBInstanceIdentifier": await availability.WaitAsync(call.Parameters[0].Value, isAurora: false, cancel); break;
            case "DBClusterIdentifier": await availability.WaitAsync(call.Parameters[0].Value, isAurora: true, cancel); break;
            // Parameters that hold at once are brought to the instance that has the group.
            case "DBParameterGroupName" when await reading.InstanceAsync(declared.Id, cancel) is { IsUsable: true }: await availability.WaitAsync(declared.Id, isAurora: false, cancel); break;
            default: break;
        }
    }

    private static LockkeeperException Failed(Difference difference, LockkeeperException e)
    {
        if (e.Code != RdsErrors.CallRefused)
            return e;
        var code = RdsRefusal.CodeOf(e);
        return code is "InsufficientDBInstanceCapacity" or "InsufficientDBClusterCapacityFault" or "InsufficientDBInstanceCapacityFault" or "InsufficientAvailableIPsInSubnetFault" or "StorageQuotaExceeded" or "InstanceQuotaExceeded"
            ? new LockkeeperException(ManagedErrors.NoCapacity, $"{difference.Words} failed: {e.Message}", "Try again later, or declare another class, zone or size; for a quota ask the cloud for a larger one.", difference.At, e) { Facts = e.Facts }
            : new LockkeeperException(e.Code, $"{difference.Words} failed: {e.Message}", e.Hint, difference.At, e) { Facts = e.Facts };
    }
}
