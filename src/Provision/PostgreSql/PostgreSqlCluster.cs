using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Leases;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql.Adopting;
using Lockkeeper.Provision.PostgreSql.Applying;
using Lockkeeper.Provision.PostgreSql.Comparing;
using Lockkeeper.Provision.PostgreSql.Instances;
using Lockkeeper.Provision.PostgreSql.Profiles;
using Lockkeeper.Provision.PostgreSql.Reading;
using Npgsql;

namespace Lockkeeper.Provision.PostgreSql;

/// <summary>A PostgreSQL cluster and its declaration.</summary>
/// <param name="declared">The declaration.</param>
/// <param name="server">The database of the administrator.</param>
/// <param name="inside">Another database of the cluster.</param>
/// <param name="passwords">The passwords of declared roles, secrets resolved.</param>
/// <param name="clock">The clock.</param>
/// <param name="ourFile">The file that its parameters stand in when the program keeps the instance; null when somebody else does.</param>
internal sealed class PostgreSqlCluster(ClusterConfig declared, PostgreSqlServer server, Func<string, PostgreSqlServer> inside, IReadOnlyDictionary<string, string> passwords, TimeProvider clock, ParameterFile? ourFile = null) : IClusterTarget
{
    /// <summary>How many databases are read at the same time.</summary>
    private const int Together = 4;

    public string Name => $"{declared.Name} ({server.Name})";

    public async Task<Comparison> CompareAsync(IProgressSink progress, CancellationToken cancel)
    {
        var notChecked = new List<string>();
        progress.Now($"reading {declared.Name}");
        var live = await ReadAsync(notChecked, cancel);
        RequireVersion(live);
        RoleReferences.Check(declared, live);
        var loss = new AccessLoss(live);
        var all = new List<Difference>();
        all.AddRange(Parameters(live));
        all.AddRange(new RoleComparing(declared, live, passwords, clock.GetUtcNow()).Compare());
        all.AddRange(new MembershipComparing(declared, live, loss).Compare());
        all.AddRange(OwnerMembership.Compare(declared, live));
        all.AddRange(SettingComparing.Compare(declared, live));
        all.AddRange(DatabaseComparing.Compare(declared, live));
        var contents = await ContentsAsync(live, progress, cancel);
        foreach (var (name, database) in declared.Databases)
        {
            if (!contents.TryGetValue(name, out var content))
            {
                notChecked.Add($"what is in the database {name}: it takes no connections");
                continue;
            }

            all.AddRange(await InsideAsync(name, database.Value, live, content, loss, notChecked, cancel));
        }

        if (declared.Pooler is { Value.Engine: not PoolerEngine.PgBouncer })
            notChecked.Add("the pooler: 'lk provision export' writes what it is made from");
        progress.Now(null);
        return new Comparison(Words(live), [.. all.OrderBy(difference => difference.Phase)], notChecked);
    }

    private IEnumerable<Difference> Parameters(LiveCluster live)
    {
        var wanted = ParameterProfile.Of(declared, live);
        if (ourFile is null)
            return ParameterComparing.Compare(wanted, live);
        ourFile.Fill(wanted);
        return ParameterComparing.Compare(ourFile.Parameters, live, ourFile.Remedy);
    }

    public async Task<IClusterLease> TakeLeaseAsync(string holder, TimeSpan wait, IProgressSink progress, CancellationToken cancel)
    {
        await using (var connection = await server.OpenAsync(cancel))
            await LeaseStore.EnsureAsync(connection, server.Name, cancel);
        return new ClusterLease(await Lease.TakeAsync(new LeasePlace(server), holder, wait, progress, clock, cancel), server, inside, clock);
    }

    public Task<AdoptedCluster> AdoptAsync(IProgressSink progress, CancellationToken cancel) => AdoptAsync(_ => false, writer => writer.Write(), progress, cancel);

    /// <summary>The declaration of what is inside: roles and databases.</summary>
    /// <param name="isOfService">Whether a role belongs to the service that keeps the cluster.</param>
    /// <param name="progress">Hears what is read.</param>
    /// <param name="cancel">Stops reading.</param>
    public Task<AdoptedCluster> AdoptInsideAsync(Func<string, bool> isOfService, IProgressSink progress, CancellationToken cancel) => AdoptAsync(isOfService, writer => writer.WriteInside(), progress, cancel);

    private async Task<AdoptedCluster> AdoptAsync(Func<string, bool> leftOut, Func<DeclarationWriter, string> write, IProgressSink progress, CancellationToken cancel)
    {
        var notChecked = new List<string>();
        progress.Now($"reading {declared.Name}");
        var live = await ReadAsync(notChecked, cancel);
        // Nobody but RDS itself may connect to rdsadmin.
        var databases = live.Databases.Values.Where(one => one.AllowsConnections && one.Name is not ("template0" or "template1" or "rdsadmin") && one.Name != "postgres").Select(one => one.Name).ToList();
        var contents = await ReadAllAsync(databases, progress, cancel);
        progress.Now(null);
        var secrets = new List<string>();
        live = live with { Roles = live.Roles.Where(role => !leftOut(role.Key)).ToDictionary(StringComparer.Ordinal) };
        return new AdoptedCluster(write(new DeclarationWriter(declared, live, contents, secrets)), Words(live), secrets, notChecked);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Words(LiveCluster live) => $"PostgreSQL {live.Version} at {server.Name}";

    private async Task<LiveCluster> ReadAsync(List<string> notChecked, CancellationToken cancel)
    {
        try
        {
            await using var connection = await server.OpenAsync(cancel);
            return await new ClusterReading(connection, notChecked).ReadAsync(cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, server.Name);
        }
    }

    private void RequireVersion(LiveCluster live)
    {
        if (declared.Version is { } version && version != live.Major)
            throw new LockkeeperException(ProvisionErrors.VersionDiffers, $"{server.Name} is PostgreSQL {live.Version}, and the declaration says {version}", "Another major version is another cluster: move the data by dump and load, logical replication or pg_upgrade, and then change the declaration.", new SourcePosition(declared.File, 1, 1));
    }

    /// <summary>What is in the declared databases. Nothing is asked of one about which nothing is declared.</summary>
    private async Task<IReadOnlyDictionary<string, LiveContent>> ContentsAsync(LiveCluster live, IProgressSink progress, CancellationToken cancel)
    {
        var there = declared.Databases.Keys.Where(name => live.Databases.TryGetValue(name, out var database) && database.AllowsConnections).ToList();
        var contents = new Dictionary<string, LiveContent>(await ReadAllAsync(there, progress, cancel), StringComparer.Ordinal);
        foreach (var (name, database) in declared.Databases.Where(one => !live.Databases.ContainsKey(one.Key)))
            contents[name] = LiveContent.Fresh(name, database.Value.Owner?.Value ?? live.Self, live.Major);
        return contents;
    }

    private async Task<IReadOnlyDictionary<string, LiveContent>> ReadAllAsync(IReadOnlyList<string> names, IProgressSink progress, CancellationToken cancel)
    {
        var contents = new Dictionary<string, LiveContent>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = cancel }, async (name, stop) =>
        {
            try
            {
                await using var connection = await inside(name).OpenAsync(stop);
                var content = await new ContentReading(connection).ReadAsync(name, stop);
                lock (contents)
                {
                    contents[name] = content;
                    progress.Now($"reading {declared.Name}", contents.Count, names.Count);
                }
            }
            catch (Exception e) when (ServerErrors.IsServerError(e))
            {
                throw ServerErrors.Translate(e, $"{server.Name}, database {name}");
            }
        });
        return contents;
    }

    private async Task<IReadOnlyList<Difference>> InsideAsync(string name, ClusterDatabaseConfig database, LiveCluster live, LiveContent content, AccessLoss loss, List<string> notChecked, CancellationToken cancel)
    {
        var differences = new List<Difference>(new SchemaComparing(declared, database, live, content).Compare());
        if (database.Grants is { } grants)
        {
            var planned = Planned(content, database);
            var comparing = new GrantComparing(declared, grants, live, planned, Owners(database), loss);
            differences.AddRange(comparing.Compare());
            notChecked.AddRange(comparing.NotGiven);
        }

        if (database.DefaultPrivileges is { } defaults)
            differences.AddRange(new DefaultPrivilegeComparing(declared, defaults, live, content).Compare());
        var rowSecurity = new RowSecurityComparing(database, content, live.Databases.ContainsKey(name) ? stop => inside(name).OpenAsync(stop) : null);
        differences.AddRange(await rowSecurity.CompareAsync(cancel));
        notChecked.AddRange(rowSecurity.NotThere);
        return differences;
    }

    /// <summary>The objects that there will be when grants are given: schemas are made before.</summary>
    private LiveContent Planned(LiveContent content, ClusterDatabaseConfig database)
    {
        var made = database.Schemas.Where(schema => !content.Objects.Any(one => one.Kind == GrantObject.Schemas && one.Name == schema.Key));
        return content with { Objects = [.. content.Objects, .. made.Select(schema => new LiveObject(GrantObject.Schemas, null, schema.Key, null, schema.Value.Value.Owner ?? "", null, IsOfExtension: false))] };
    }

    private static Dictionary<ObjectKey, string> Owners(ClusterDatabaseConfig database)
    {
        var owners = new Dictionary<ObjectKey, string>();
        foreach (var (schema, config) in database.Schemas)
        {
            if (config.Value.Owner is { } owner)
                owners[new ObjectKey(GrantObject.Schemas, null, schema, null)] = owner;
        }

        return owners;
    }
}
