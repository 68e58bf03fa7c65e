using Lockkeeper.Engines.Rds;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql;
using Lockkeeper.Provision.Rds.Adopting;
using Lockkeeper.Provision.Rds.Applying;
using Lockkeeper.Provision.Rds.Comparing;
using Lockkeeper.Provision.Rds.Reading;

namespace Lockkeeper.Provision.Rds;

/// <summary>An instance of RDS or an Aurora cluster and its declaration: what the service keeps, and behind it what is inside.</summary>
/// <param name="declared">The declaration.</param>
/// <param name="client">The service.</param>
/// <param name="inside">What is inside, behind a host and a port and as the master user of that name; null when nobody can sign in.</param>
/// <param name="clock">The clock.</param>
internal sealed class RdsCluster(RdsDeclaration declared, RdsClient client, Func<string, int, string?, PostgreSqlCluster?> inside, TimeProvider clock) : IClusterTarget, IDestructible
{
    private readonly RdsReading reading = new(client);

    private RdsLease? lease;

    public string Name => $"{declared.Cluster.Name} ({declared.Engine} {declared.Id} in {client.Name})";

    public async Task<Comparison> CompareAsync(IProgressSink progress, CancellationToken cancel)
    {
        progress.Now($"reading {declared.Cluster.Name}");
        var live = await reading.ReadAsync(declared, cancel);
        var all = new ServiceComparing(declared, live).Compare().ToList();
        var notChecked = new List<string>();
        if (declared.Cluster.Parameters.Count > 0 && live.Known is null)
            notChecked.Add("whether the parameters are ones that the engine has: the service does not list them");
        var words = Words(live.Main);
        if (declared.HasInside)
        {
            var within = await InsideAsync(live, all, notChecked, progress, cancel);
            all.AddRange(within?.All.Where(difference => !IsOfService(difference)) ?? []);
            notChecked.AddRange(within?.NotChecked ?? []);
            words = within is null ? words : $"{words}, {within.Server}";
        }

        progress.Now(null);
        return new Comparison(words, all, notChecked);
    }

    public async Task<IClusterLease> TakeLeaseAsync(string holder, TimeSpan wait, IProgressSink progress, CancellationToken cancel)
    {
        lease = new RdsLease(declared, client, reading, target => target.TakeLeaseAsync(holder, wait, progress, cancel), progress, clock);
        if (declared.HasInside && await reading.MainAsync(declared.Id, declared.IsAurora, cancel) is { IsUsable: true, Endpoint: { } place } main && inside(place.Host, place.Port, main.Text("MasterUsername")) is { } target)
            await lease.TakeInsideAsync(target);
        return lease;
    }

    public async Task<AdoptedCluster> AdoptAsync(IProgressSink progress, CancellationToken cancel)
    {
        progress.Now($"reading {declared.Id}");
        var adopted = await new RdsAdoption(declared, reading, inside).AdoptAsync(progress, cancel);
        progress.Now(null);
        return adopted;
    }

    public Task<InstanceRemains> FindAsync(CancellationToken cancel) => new RdsDestruction(declared, client, reading, clock).FindAsync(cancel);

    public string BackupPlace(string given, string folder, DateTimeOffset now) => given;

    public Task DestroyAsync(string? lastBackup, IProgressSink progress, CancellationToken cancel) => new RdsDestruction(declared, client, reading, clock).DestroyAsync(lastBackup, progress, cancel);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Words(LiveThing? main) => main is null ? $"not there yet, {declared.Engine} {declared.Version}" : $"{main.Text("Engine")} {main.Text("EngineVersion")}, {main.Status}";

    private async Task<Comparison?> InsideAsync(LiveService live, List<Difference> service, List<string> notChecked, IProgressSink progress, CancellationToken cancel)
    {
        var members = declared.IsAurora && live.Instances.All(one => !one.IsUsable);
        if (live.Main is not { IsUsable: true, Endpoint: { } place } main || members)
        {
            // Only what is not there yet is made by the run: of a dead instance nobody knows.
            var follows = service.Exists(difference => difference.Remedy is not null);
            notChecked.Add($"what is inside ({Count(declared.Cluster.Roles.Count, "role")}, {Count(declared.Cluster.Databases.Count, "database")}): {(follows ? "the same run makes it as declared once the instance answers" : "the instance does not answer")}");
            return null;
        }

        if (inside(place.Host, place.Port, main.Text("MasterUsername")) is not { } target)
        {
            notChecked.Add("what is inside: neither 'admin' nor the master user's password is declared");
            return null;
        }

        if (lease is not null)
            await lease.TakeInsideAsync(target);
        return await target.CompareAsync(progress, cancel);
    }

    /// <summary>The removal of roles and databases that the service has made for itself.</summary>
    private bool IsOfService(Difference difference) => difference.Phase == Phase.Removals && difference.Object.Split(' ', 2) switch
    {
        ["role", var role] => (role.StartsWith("rds", StringComparison.Ordinal) && !declared.Cluster.Roles.ContainsKey(role)) || (role == declared.Managed.User && !declared.Cluster.Roles.ContainsKey(role)),
        ["database", "rdsadmin"] => true,
        _ => false,
    };

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
