using System.Security.Cryptography;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Differences;
using Npgsql;

namespace Lockkeeper.Provision.PostgreSql.Pooling;

/// <summary>What a pooler is made of that is not in the declaration itself.</summary>
/// <param name="Password">The password of the role that looks up; null for a random one.</param>
/// <param name="Certificate">The text of the certificate; null for none.</param>
/// <param name="Key">The text of its key.</param>
/// <param name="Ca">The text of what clients' are checked against.</param>
internal sealed record PoolerInput(string? Password, string? Certificate, string? Key, string? Ca);

/// <summary>A cluster with the PgBouncer in front of it: the role that looks up belongs to the cluster's roles, the rest comes last.</summary>
/// <param name="cluster">The declaration.</param>
/// <param name="make">Makes the cluster behind it, of a declaration and the passwords of further roles.</param>
/// <param name="input">What is not in the declaration itself.</param>
/// <param name="host">The host that it is on.</param>
/// <param name="place">Where it is there.</param>
/// <param name="inside">A database of the cluster.</param>
/// <param name="redactor">Learns the random password.</param>
internal sealed class PooledCluster(
    ClusterConfig cluster, Func<ClusterConfig, IReadOnlyDictionary<string, string>, IClusterTarget> make, PoolerInput input, IHost host, PgBouncerPlace place, Func<string, PostgreSqlServer> inside, Redactor redactor) : IInstanceTarget
{
    private readonly PgBouncerFiles files = new(cluster, place);
    private IClusterTarget? behind;
    private string? random;
    private string? known;

    private PoolerConfig Pooler => cluster.Pooler!.Value;

    public string Name => Behind.Name;

    /// <summary>Asked for only where the declaration has an instance.</summary>
    private IInstanceTarget Instance => (IInstanceTarget)Behind;

    private IClusterTarget Behind => behind ??= make(WithRole(), new Dictionary<string, string>());

    public async Task<Comparison> CompareAsync(IProgressSink progress, CancellationToken cancel)
    {
        progress.Now($"reading the pooler of {cluster.Name}");
        var state = await PgBouncerState.ReadAsync(host, place, Pooler.Port, cancel);
        var password = Password(state);
        var work = new PgBouncerWork(host, place, Pooler.Port);
        var ini = files.Ini(state.Version, state.HasSystemd && Pooler.Service != InstanceService.None ? null : place.Log);
        if (state.Files.GetValueOrDefault(place.Ini)?.Text != ini)
            await work.TryAsync(state.Program, ini, cluster.Pooler!.At, cancel);
        if (!state.Runs && await new HostFiles(host, place.User).IsPortTakenAsync(Pooler.Port, cancel))
            throw new LockkeeperException(ProvisionErrors.PortInUse, $"another program listens on the pooler's port {Pooler.Port} on {host.Name}", "Give the pooler another port, or stop that program.", cluster.Pooler!.At);
        // Kept, since what it found may be corrected through it.
        if (password != known)
        {
            if (behind is not null)
                await behind.DisposeAsync();
            behind = make(WithRole(), new Dictionary<string, string> { [Pooler.AuthUser] = password });
            known = password;
        }

        var comparison = await Behind.CompareAsync(progress, cancel);
        var texts = new PgBouncerTexts(ini, files.UserList(password, await VerifiersAsync(cancel)), input.Certificate, input.Key, input.Ca);
        var own = (await LookupsAsync(cancel)).Concat(new PgBouncerComparing(cluster, place, files, texts, OnItsOwn(state), work).Compare());
        var notPooled = PoolSizes.NotPooled(cluster).Select(name => $"the pool of the database '{name}': PgBouncer's file has no way to write its name");
        return new Comparison(comparison.Server, [.. comparison.All.Concat(own).OrderBy(difference => difference.Phase)], [.. comparison.NotChecked, .. notPooled]);
    }

    public Task<IClusterLease> TakeLeaseAsync(string holder, TimeSpan wait, IProgressSink progress, CancellationToken cancel) => Behind.TakeLeaseAsync(holder, wait, progress, cancel);

    public Task<AdoptedCluster> AdoptAsync(IProgressSink progress, CancellationToken cancel) => Behind.AdoptAsync(progress, cancel);

    public async Task<IReadOnlyList<InstanceFile>> RenderAsync(IProgressSink progress, CancellationToken cancel)
    {
        var state = OnItsOwn(await PgBouncerState.ReadAsync(host, place, Pooler.Port, cancel));
        var own = new List<InstanceFile> { new(place.Ini, files.Ini(state.Version, state.HasSystemd ? null : place.Log), "640") };
        if (state.HasSystemd)
            own.Add(new InstanceFile(place.UnitFile, files.Unit(state.Program), "644"));
        return [.. await Instance.RenderAsync(progress, cancel), .. own];
    }

    public string BackupPlace(string given, string folder, DateTimeOffset now) => Instance.BackupPlace(given, folder, now);

    public Task<InstanceRemains> FindAsync(CancellationToken cancel) => Instance.FindAsync(cancel);

    public async Task DestroyAsync(string? lastBackup, IProgressSink progress, CancellationToken cancel)
    {
        await Instance.DestroyAsync(lastBackup, progress, cancel);
        progress.Now("removing the pooler");
        await new PgBouncerWork(host, place, Pooler.Port).RemoveAsync(OnItsOwn(await PgBouncerState.ReadAsync(host, place, Pooler.Port, cancel)), cancel);
        progress.Now(null);
    }

    public async ValueTask DisposeAsync()
    {
        if (behind is not null)
            await behind.DisposeAsync();
        await host.DisposeAsync();
    }

    /// <summary>The declaration with the role that looks up, which may connect to each pooled database.</summary>
    private ClusterConfig WithRole()
    {
        var at = cluster.Pooler!.At;
        var roles = new Dictionary<string, Placed<RoleConfig>>(cluster.Roles, StringComparer.Ordinal) { [Pooler.AuthUser] = new(new RoleConfig { Login = true, Password = new Placed<string>("", at) }, at) };
        var databases = new Dictionary<string, Placed<ClusterDatabaseConfig>>(cluster.Databases, StringComparer.Ordinal);
        var connect = new Placed<GrantConfig>(new GrantConfig { To = [Pooler.AuthUser], On = GrantObject.Database, Privileges = ["CONNECT"] }, at);
        foreach (var (name, _) in PoolSizes.Databases(cluster))
        {
            if (databases[name].Value.Grants is { } grants)
                databases[name] = new(databases[name].Value with { Grants = [.. grants, connect] }, databases[name].At);
        }

        // Every role comes from the pooler's own address; what is declared before it holds first.
        var access = cluster.Access is { } rules && place.ServerHost == "127.0.0.1"
            ? [.. rules, new Placed<AccessRuleConfig>(new AccessRuleConfig { Type = "host", Databases = [.. PoolSizes.Databases(cluster).Select(one => one.Name)], Address = "127.0.0.1/32" }, at)]
            : cluster.Access;
        return cluster with { Roles = roles, Databases = databases, Access = access };
    }

    /// <summary>The declared password, or the one that the pooler has, or a new one that stays the same for this run.</summary>
    private string Password(PgBouncerState state)
    {
        var password = input.Password ?? (state.Files.TryGetValue(place.UserList, out var list) ? PgBouncerFiles.PasswordIn(list.Text, Pooler.AuthUser) : null) ?? (random ??= Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
        redactor.Learn(password);
        return password;
    }

    private PgBouncerState OnItsOwn(PgBouncerState state) => Pooler.Service == InstanceService.None ? state with { HasSystemd = false } : state;

    /// <summary>What the server keeps of the passwords of roles with pools of their own.</summary>
    private async Task<IReadOnlyDictionary<string, string>> VerifiersAsync(CancellationToken cancel)
    {
        if (Pooler.Users.Count == 0 || await HomeAsync(cancel) is not { } home)
            return new Dictionary<string, string>();
        await using (home)
        {
            await using var command = new NpgsqlCommand("/* lk:provision.pooler_verifiers */ SELECT rolname::text, rolpassword FROM pg_authid WHERE rolname = ANY($1) AND rolpassword LIKE 'SCRAM-SHA-256$%'", home) { Parameters = { new() { Value = Pooler.Users.Keys.ToArray() } } };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var found = new Dictionary<string, string>(StringComparer.Ordinal);
            while (await reader.ReadAsync(cancel))
                found[reader.GetString(0)] = reader.GetString(1);
            return found;
        }
    }

    private async Task<IReadOnlyList<Difference>> LookupsAsync(CancellationToken cancel)
    {
        IReadOnlyList<string> there = [];
        if (await HomeAsync(cancel) is { } home)
        {
            await using (home)
                there = await Rows.ReadAsync(home, "/* lk:provision.pooler_databases */ SELECT datname::text FROM pg_database WHERE datallowconn", row => row.GetString(0), cancel);
        }

        var differences = new List<Difference>();
        foreach (var (name, _) in PoolSizes.Databases(cluster))
        {
            string? how = "made";
            if (there.Contains(name, StringComparer.Ordinal))
            {
                await using var connection = await inside(name).OpenAsync(cancel);
                how = await LookupFunction.DifferenceAsync(connection, Pooler.AuthUser, cancel);
            }

            if (how is not null)
                differences.Add(new Difference { Phase = Phase.Pooler, Object = $"{name}: the pooler's lookup", Change = how, At = cluster.Pooler!.At, Remedy = LookupFunction.Remedy(name, Pooler.AuthUser) });
        }

        return differences;
    }

    /// <summary>The administrator's database; null when the server itself is yet to be made or started.</summary>
    private async Task<NpgsqlConnection?> HomeAsync(CancellationToken cancel)
    {
        try
        {
            return await inside("").OpenAsync(cancel);
        }
        catch (LockkeeperException) when (cluster.Instance is not null)
        {
            return null;
        }
    }
}
