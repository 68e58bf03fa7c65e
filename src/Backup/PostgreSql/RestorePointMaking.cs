using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql;

/// <summary>Finds the clusters that hold what is about to be changed, and writes a restore point into the log of each.</summary>
internal static class RestorePointMaking
{
    /// <summary>The longest name that the server takes (MAXFNAMELEN of PostgreSQL is 64, with its end).</summary>
    private const int LongestName = 63;

    /// <summary>What would be made before a change; changes nothing.</summary>
    public static async Task<IReadOnlyList<BackupRestorePoint>> PlanAsync(string environment, string database, IReadOnlyList<EndangeredPlace> places, Workspace workspace, CancellationToken cancel)
    {
        if (workspace.Config.Include.Count == 0)
            return [];
        var able = ClusterReader.Load(workspace.ProjectFolder, workspace.Config.Include)
            .Where(cluster => cluster.Backup is { Value.BeforeMigrations: not BeforeMigrations.Nothing } && (cluster.Environment is null || cluster.Environment.Value == environment)).ToList();
        if (able.Count == 0)
            return [];
        var (servers, points) = (await EndangeredServers.AskAsync(places, workspace, cancel), new List<BackupRestorePoint>());
        foreach (var cluster in able)
        {
            if (servers.Count > 0 && await SystemAsync(cluster, workspace, cancel) is { } system && servers.Remove(system, out var held))
                points.Add(await OfAsync(cluster, environment, database, held[0].Step, held.Exists(place => place.Destroys), workspace, cancel));
        }

        return points;
    }

    private static async Task<long?> SystemAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        try
        {
            return await EndangeredServers.SystemAsync(await workspace.Secrets.ResolveAsync(cluster.Admin, cancel), workspace, cancel);
        }
        catch (LockkeeperException) when (cluster.Environment is null && !cancel.IsCancellationRequested)
        {
            // Of a cluster for no environment in particular nobody has said that it is this one, and this one answers.
            return null;
        }
    }

    private static async Task<BackupRestorePoint> OfAsync(ClusterConfig cluster, string environment, string database, string step, bool destroys, Workspace workspace, CancellationToken cancel)
    {
        var prefix = Cut($"lk-{database}-{step}");
        var number = 1 + (await new BackupRecord(cluster, workspace).RestorePointsAsync(cancel)).Count(point => point.Name.StartsWith(prefix + "-", StringComparison.Ordinal));
        // The same name twice would lead to the first of both.
        var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{number}");
        var backup = destroys && cluster.Backup!.Value.BeforeMigrations == BeforeMigrations.Incremental;
        var command = $"lk backup restore {cluster.Name} --target name:{name}";
        return new BackupRestorePoint(
            cluster.Name, name, step, backup ? $"an incremental backup and the restore point {name}" : $"the restore point {name}", command,
            (run, stop) => WriteAsync(cluster, name, backup, command, new JsonObject { ["environment"] = environment, ["database"] = database, ["before"] = step }, run, workspace, stop));
    }

    /// <summary>What fits with a number after it, and needs no quotes in a shell.</summary>
    private static string Cut(string prefix) => new([.. prefix.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.').Take(LongestName - 6)]);

    private static async Task WriteAsync(ClusterConfig cluster, string name, bool backup, string command, JsonObject body, string run, Workspace workspace, CancellationToken cancel)
    {
        await using var target = await BackupTarget.OpenAsync(cluster, workspace, cancel);
        await target.RequireSetUpAsync(cancel);
        if (backup)
            body["set"] = (await new TakeRun(target, workspace).RunAsync(RunId.New(workspace.Clock), BackupKind.Incremental, [1], withManifest: false, cancel)).Views[0].Sets[^1].Label;
        else if ((await target.Engine.ReadAsync(cancel)).All(view => view.Sets.Count == 0))
            throw new LockkeeperException(BackupErrors.UnknownSet, $"the policy of {cluster.Name} asks for a restore point, and there is no backup that leads to it", $"Take one: lk backup take {cluster.Name}");
        try
        {
            await using var connection = await target.Database().OpenAsync(cancel);
            body["name"] = name;
            body["lsn"] = (await Rows.ReadAsync(connection, $"/* lk:backup.restore_point */ SELECT pg_create_restore_point({SqlText.Literal(name)})::text", row => row.GetString(0), cancel))[0];
            // Archived at once, so that the way back can be gone at once.
            await Rows.ReadAsync(connection, "/* lk:backup.switch */ SELECT pg_switch_wal()::text", row => row.GetString(0), cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, target.Database().Name);
        }

        body["at"] = workspace.Clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        body["way_back"] = command;
        await target.Record.AppendAsync(BackupRecord.RestorePointKind, run, body, cancel);
        workspace.Progress.Say($"restore point {name}; the way back: {command}");
    }
}
