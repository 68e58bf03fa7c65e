using System.Globalization;
using System.Net;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql.Instances.Access;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>A cluster whose server the program makes and keeps itself: what its host tells, and what is in it, in one list.</summary>
/// <param name="cluster">The declaration.</param>
/// <param name="input">What it says, resolved.</param>
/// <param name="passwords">The passwords of declared roles.</param>
/// <param name="host">Its host.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class InstanceTarget(ClusterConfig cluster, InstanceInput input, IReadOnlyDictionary<string, string> passwords, IHost host, Workspace workspace) : IInstanceTarget
{
    private const string InsideLater = "what is in the instance: it is compared once it runs";

    private readonly PostgreSqlServer server = PostgreSqlServer.At(input.Url, workspace.Redactor);
    private HostFacts? facts;
    private InsideSandbox? sandbox;
    private bool sandboxAsked;

    public string Name => $"{cluster.Name} ({server.Name})";

    private bool IsLocal => cluster.Primary.IsLocal;

    public async Task<Comparison> CompareAsync(IProgressSink progress, CancellationToken cancel)
    {
        progress.Now($"looking at {host.Name}");
        var view = await LookAsync(cancel);
        view.State.Require(host, view.Place, cluster.Instance!.At);
        RequireNoForeignFiles(view);
        if (view.Answers)
            await WaitAsync(progress, cancel);
        var parameters = Parameters(view);
        var seen = await SeenAsync(view, cancel);
        var access = AccessOf(view, seen.Address);
        var inside = await InsideAsync(view, parameters, progress, cancel);
        var comparing = new InstanceComparing(cluster, view.Place, view.State, view.Work);
        List<string> waiting =
        [
            .. view.State.RunsOn is { } port && port != view.Place.Port ? [string.Create(CultureInfo.InvariantCulture, $"its port {port} → {view.Place.Port}")] : Array.Empty<string>(),
            .. inside.All.Where(one => one.Phase == Phase.Parameters && one.Cost == Cost.Restart).Select(one => one.Object.Replace("parameter ", "", StringComparison.Ordinal)).Union(seen.Waiting, StringComparer.Ordinal),
        ];
        List<Difference> all =
        [
            .. comparing.Data(stop => view.Work.MakeAsync(input.Admin.Username!, input.Admin.Password!, view.Files.Marker(), stop)),
            .. comparing.Certificates(input.Certificate, input.Ca, input.Hosts(cluster.Primary), workspace.Clock.GetUtcNow(), (pair, stop) => WriteCertificateAsync(view, pair, stop)),
            .. comparing.Fixed(view.Files.Fixed()),
            .. comparing.Unit(view.Files.Unit()),
            .. comparing.Parameters(parameters, view.State.Runs && inside.All.Any(one => one.Phase == Phase.Parameters && one.Remedy?.Act is not null)),
            .. await AccessAsync(view, comparing, access, progress, cancel),
            .. comparing.Service(seen.Loaded, waiting),
            .. inside.All.Where(one => !IsWaiting(one)),
        ];
        progress.Now(null);
        return new Comparison(inside.Server, [.. all.OrderBy(one => one.Phase)], inside.NotChecked);
    }

    public async Task<IClusterLease> TakeLeaseAsync(string holder, TimeSpan wait, IProgressSink progress, CancellationToken cancel)
    {
        var held = await HostLock.TakeAsync(host, cluster.Name, cluster.Instance!.Value.User, wait, workspace.Redactor, cancel);
        return new InstanceLease(held, cluster.Name, stop => Inner(null).TakeLeaseAsync(holder, wait, progress, stop));
    }

    public Task<AdoptedCluster> AdoptAsync(IProgressSink progress, CancellationToken cancel) => Inner(null).AdoptAsync(progress, cancel);

    public async Task<IReadOnlyList<InstanceFile>> RenderAsync(IProgressSink progress, CancellationToken cancel)
    {
        var view = await LookAsync(cancel);
        var parameters = Parameters(view);
        await InsideAsync(view, parameters, progress, cancel);
        var access = AccessOf(view, (await SeenAsync(view, cancel)).Address);
        progress.Now(null);
        return [.. view.Files.Fixed(), new(view.Place.ParameterFile, parameters.Text, "644"), new(view.Place.AccessFile, access.Text(view.Files.Heading), "640"), .. view.Files.Unit() is { } unit ? [unit] : Array.Empty<InstanceFile>()];
    }

    public string BackupPlace(string given, string folder, DateTimeOffset now) => Path.Combine(folder, given, string.Create(CultureInfo.InvariantCulture, $"{cluster.Name}-{now:yyyyMMdd-HHmmss}.sql"));

    public async Task<InstanceRemains> FindAsync(CancellationToken cancel)
    {
        var view = await LookAsync(cancel);
        return new InstanceRemains(host.Name, view.Place.Data, view.State.Exists, view.State.Runs, view.Answers ? await SizesAsync(cancel) : []);
    }

    public async Task DestroyAsync(string? lastBackup, IProgressSink progress, CancellationToken cancel)
    {
        var view = await LookAsync(cancel);
        await using var held = await HostLock.TakeAsync(host, cluster.Name, cluster.Instance!.Value.User, TimeSpan.Zero, workspace.Redactor, cancel);
        if (lastBackup is not null)
        {
            if (!view.Answers)
                throw new LockkeeperException(ProvisionErrors.NoLastBackup, $"the instance {cluster.Name} does not run, so no last backup can be taken", "Start it (lk provision apply), or give --no-last-backup.");
            progress.Now("taking the last backup");
            await LastBackup.TakeAsync(view.Place, server, lastBackup, workspace, cancel);
            progress.Say($"last backup is in {lastBackup}");
        }

        if (view.State.Exists)
        {
            progress.Now("stopping the instance");
            await view.Work.StopAsync(cancel);
        }

        progress.Now("removing the instance");
        await view.Work.RemoveAsync(cancel);
        progress.Now(null);
    }

    public async ValueTask DisposeAsync()
    {
        if (sandbox is not null)
            await sandbox.DisposeAsync();
        await host.DisposeAsync();
    }

    /// <summary>What waits for a restart is said once, with the restart.</summary>
    private static bool IsWaiting(Difference one) => one is { Phase: Phase.Parameters, Cost: Cost.Restart, Remedy: null };

    private async Task<InstanceView> LookAsync(CancellationToken cancel)
    {
        facts ??= await HostFacts.ReadAsync(host, cluster, IsLocal ? await ProgramsHereAsync(cancel) : null, cancel);
        if (facts.Programs is null)
            throw new LockkeeperException(ProvisionErrors.ServerProgramsMissing, $"{host.Name} has no PostgreSQL {cluster.Version}", $"Install it there, on Debian: apt install postgresql-{cluster.Version} (the PostgreSQL project's repository has the versions that the distribution lacks).", cluster.Instance!.At);
        var place = InstancePlace.Of(cluster, facts, input.Admin.Port);
        if (place.IsDebian && !facts.HasCreateCluster)
            throw new LockkeeperException(ProvisionErrors.ServerProgramsMissing, $"{host.Name} does not keep clusters as Debian does: there is no pg_createcluster", "Install postgresql-common there, or write layout: directory.", cluster.Instance!.At);
        if (place.HasSystemd && !facts.HasSystemd)
            throw new LockkeeperException(ProvisionErrors.ServerProgramsMissing, $"{host.Name} does not run systemd", "Write service: none.", cluster.Instance!.At);
        var files = new InstanceFiles(cluster, place);
        IReadOnlyList<string> paths = [.. files.Fixed().Select(file => file.Path), place.ParameterFile, place.AccessFile, place.CertificateFile, place.KeyFile, place.CaFile, .. place.UnitFile is { } unit ? [unit] : Array.Empty<string>()];
        var state = await InstanceState.ReadAsync(host, place, paths, cancel);
        return new InstanceView(place, files, state, new InstanceWork(host, cluster, place, facts.Group));
    }

    /// <summary>Programs of the version that are not where packages put them; null for none.</summary>
    private async Task<string?> ProgramsHereAsync(CancellationToken cancel) =>
        (await ServerBinaries.PresentAsync(SandboxPorts.Of(workspace), cancel)).FirstOrDefault(one => one.MajorVersion == cluster.Version)?.Folder;

    private void RequireNoForeignFiles(InstanceView view)
    {
        if (!view.State.Exists && view.State.Files.TryGetValue(view.Place.MainFile, out var main) && !main.Text.StartsWith("# Written by Lockkeeper", StringComparison.Ordinal))
            throw new LockkeeperException(ProvisionErrors.NotOurs, $"{host.Name}: {view.Place.MainFile} is of another cluster of this name", "Nothing of it was touched: rename the cluster, or write layout: directory with a data directory.", cluster.Instance!.At);
    }

    private ParameterFile Parameters(InstanceView view) => new(
        view.Files.Heading, view.Files.Standard(input.IsLoopback),
        async (text, stop) =>
        {
            await view.Work.WriteAsync(new InstanceFile(view.Place.ParameterFile, text, "644"), stop);
            if (view.State.Runs)
                await view.Work.ReloadAsync(stop);
        });

    private PostgreSqlCluster Inner(ParameterFile? parameters) => new(cluster, server, database => PostgreSqlServer.At(PostgreSqlUrl.WithDatabase(input.Url, database), workspace.Redactor), passwords, workspace.Clock, parameters);

    /// <summary>What is in the server; of one that is not there yet what will be, as a throw-away server of that version has it.</summary>
    private async Task<Comparison> InsideAsync(InstanceView view, ParameterFile parameters, IProgressSink progress, CancellationToken cancel)
    {
        if (view.Answers)
            return await Inner(parameters).CompareAsync(progress, cancel);
        parameters.Fill(cluster.Parameters);
        var words = view.State.Exists ? $"the instance in {view.Place.Data} of {host.Name}, which does not run, or not on its port" : $"no instance yet; it will be in {view.Place.Data} of {host.Name}";
        // What stands in the files of an instance that is stopped depends on a server only where a profile leaves out what its version lacks.
        if (view.State.Exists && cluster.Profile is null)
            return new Comparison(words, [], [InsideLater]);
        if (await SandboxAsync(progress, cancel) is not { } judge)
            return new Comparison(words, [], [$"what is in the instance, and its parameters: this machine has no PostgreSQL {cluster.Version} to compare with, so that is done once it runs"]);
        var fresh = new PostgreSqlCluster(cluster, judge.Server("postgres"), judge.Server, passwords, workspace.Clock, parameters);
        Comparison compared;
        try
        {
            compared = await fresh.CompareAsync(progress, cancel);
        }
        catch (LockkeeperException e) when (e.Code == ProvisionErrors.ExtensionMissing && !IsLocal)
        {
            // Which extensions another host has can only be asked of its own server.
            return new Comparison(words, [], [$"what is in the instance: {e.Message} here; it is compared once it runs on {host.Name}"]);
        }

        if (view.State.Exists)
            return new Comparison(words, [], [InsideLater]);
        // Its parameters are those of a throw-away server, which is why the file is written as a whole.
        return new Comparison(words, [.. compared.All.Where(one => one.Phase != Phase.Parameters)], compared.NotChecked);
    }

    private async Task<InsideSandbox?> SandboxAsync(IProgressSink progress, CancellationToken cancel)
    {
        if (sandboxAsked)
            return sandbox;
        progress.Now($"starting a throw-away PostgreSQL {cluster.Version} to compare with");
        sandbox = await InsideSandbox.StartAsync(cluster.Version!.Value, input.Admin.Username!, IsLocal ? facts!.Programs : null, SandboxPorts.Of(workspace), cancel);
        sandboxAsked = true;
        return sandbox;
    }

    private AccessFile AccessOf(InstanceView view, IPAddress? seen)
    {
        var admin = input.Access(IsLocal, facts!, seen, cluster.Tls is not null);
        var access = AccessFile.Of(cluster, admin);
        if (!input.AdminHost.StartsWith('/') && AccessMatch.LockOut(access.Lines, admin, [admin.Database, .. cluster.Databases.Keys]) is { } lockOut)
            throw new LockkeeperException(
                ProvisionErrors.WouldLockOut, $"the access rules would lock out the administrator: {lockOut.Why}",
                $"Write a rule for it before that one, for example: {{ type: {(cluster.Tls is null ? "host" : "hostssl")}, users: {admin.User}, address: {admin.Address?.ToString() ?? "10.0.0.1"}/{(admin.Address?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? 128 : 32)} }}", lockOut.Line?.At ?? cluster.Instance!.At);
        return access;
    }

    private async Task<IReadOnlyList<Difference>> AccessAsync(InstanceView view, InstanceComparing comparing, AccessFile access, IProgressSink progress, CancellationToken cancel)
    {
        var file = new InstanceFile(view.Place.AccessFile, access.Text(view.Files.Heading), "640");
        List<Difference> differences = [.. comparing.Access(file, stop => WriteAccessAsync(view, access, file, stop))];
        // A server reads a file of rules without taking it, so it is known before anything is changed.
        if (differences.Count > 0 && cluster.Access is { Count: > 0 } && await SandboxAsync(progress, cancel) is { } judge)
            RequireRight(access, view.Files.Heading, await judge.WrongRulesAsync(file.Text, cluster.Tls is not null, cancel));
        return differences;
    }

    private static void RequireRight(AccessFile access, string heading, IReadOnlyList<(int Line, string Error)> wrong)
    {
        if (wrong.Count > 0)
            throw new LockkeeperException(ProvisionErrors.BadAccessRules, $"the server does not take an access rule: {wrong[0].Error}", "Look at the rule's method and options in PostgreSQL's manual, \"The pg_hba.conf File\".", access.At(heading, wrong[0].Line)?.At);
    }

    /// <summary>The server judges the file before it takes it; when it finds something wrong, or lets nobody in afterwards, the old file is put back.</summary>
    private async Task WriteAccessAsync(InstanceView view, AccessFile access, InstanceFile file, CancellationToken cancel)
    {
        await view.Work.WriteAsync(file, cancel);
        if (!view.Answers)
            return;
        try
        {
            RequireRight(access, view.Files.Heading, await InsideSandbox.WrongRulesAsync(server, cluster.Tls is not null, cancel));
            await view.Work.ReloadAsync(cancel);
            await using var connection = await server.OpenAsync(cancel);
        }
        catch (LockkeeperException e) when (e.Code == ProvisionErrors.BadAccessRules || e.Code == Engines.PostgreSql.PostgreSqlErrors.LoginRefused)
        {
            if (view.State.Files.TryGetValue(file.Path, out var old))
            {
                await view.Work.WriteAsync(file with { Text = old.Text }, CancellationToken.None);
                await view.Work.ReloadAsync(CancellationToken.None);
            }

            throw e.Code == ProvisionErrors.BadAccessRules ? e : new LockkeeperException(ProvisionErrors.WouldLockOut, $"the new access rules locked out the administrator, so the old ones were put back: {e.Message}", "Write a rule for it before the one that fits it first.", inner: e);
        }
    }

    private async Task WriteCertificateAsync(InstanceView view, CertificatePair? pair, CancellationToken cancel)
    {
        if (pair is not null)
        {
            // The key first: a certificate without its key is found and made anew, the other way round the server would not start.
            await view.Work.WriteAsync(new InstanceFile(view.Place.KeyFile, pair.Key, "600"), cancel);
            await view.Work.WriteAsync(new InstanceFile(view.Place.CertificateFile, pair.Certificate, "644"), cancel);
        }

        if (input.Ca is { } ca)
            await view.Work.WriteAsync(new InstanceFile(view.Place.CaFile, ca, "644"), cancel);
        if (view.State.Runs)
            await view.Work.ReloadAsync(cancel);
    }

    /// <summary>Waits for a server that has just been started, or recovers from a crash.</summary>
    private async Task WaitAsync(IProgressSink progress, CancellationToken cancel)
    {
        for (var started = workspace.Clock.GetTimestamp(); ;)
        {
            try
            {
                await using var connection = await server.OpenAsync(cancel);
                return;
            }
            catch (LockkeeperException e) when (e.Code == Engines.PostgreSql.PostgreSqlErrors.ServerUnreachable && workspace.Clock.GetElapsedTime(started) < cluster.Instance!.Value.StartTimeout)
            {
                progress.Now($"waiting for {server.Name}");
                await Task.Delay(TimeSpan.FromMilliseconds(100), workspace.Clock, cancel);
            }
        }
    }

    private async Task<ServerView> SeenAsync(InstanceView view, CancellationToken cancel)
    {
        if (!view.Answers)
            return new ServerView(null, null, []);
        await using var connection = await server.OpenAsync(cancel);
        return (await Rows.ReadAsync(
            connection, "/* lk:provision.seen */ SELECT host(inet_client_addr()), extract(epoch FROM pg_conf_load_time())::float8, ARRAY(SELECT name FROM pg_settings WHERE pending_restart ORDER BY name)",
            row => new ServerView(row.IsDBNull(0) ? null : IPAddress.Parse(row.GetString(0)), row.GetDouble(1), row.GetFieldValue<string[]>(2)), cancel))[0];
    }

    private async Task<IReadOnlyList<string>> SizesAsync(CancellationToken cancel)
    {
        await using var connection = await server.OpenAsync(cancel);
        return await Rows.ReadAsync(connection, "/* lk:provision.sizes */ SELECT datname || ', ' || pg_size_pretty(pg_database_size(oid)) FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY datname", row => string.Create(CultureInfo.InvariantCulture, $"the database {row.GetString(0)}"), cancel);
    }

    /// <summary>What was found at a look.</summary>
    private sealed record InstanceView(InstancePlace Place, InstanceFiles Files, InstanceState State, InstanceWork Work)
    {
        /// <summary>Whether the server is where the administrator's URL says.</summary>
        public bool Answers => State.RunsOn == Place.Port;
    }

    /// <summary>The address that the server sees us at, when it read its files, and which parameters wait for a restart.</summary>
    private sealed record ServerView(IPAddress? Address, double? Loaded, IReadOnlyList<string> Waiting);
}
