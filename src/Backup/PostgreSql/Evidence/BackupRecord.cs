using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Evidence;
using Lockkeeper.Backup.PostgreSql.PgBackRest;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Wal;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql.Evidence;

/// <summary>What the ledger holds about a cluster's backups: where it lies, manifests and drills. Each entry is signed by the chain of the ledger.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class BackupRecord(ClusterConfig cluster, Workspace workspace)
{
    public const string TakenKind = "backup.taken", ManifestKind = "backup.manifest", DrilledKind = "backup.drilled", RestoredKind = "backup.restored", ExpiredKind = "backup.expired", DumpedKind = "backup.dumped", LoadedKind = "backup.loaded", AlertsKind = "backup.alerts", RestorePointKind = "backup.restore_point";

    /// <summary>A backup was taken; with it, where the cluster lies: what a restore needs when its server is gone.</summary>
    public Task TakenAsync(string run, PgBackRestSite site, JsonObject body, CancellationToken cancel)
    {
        body["site"] = new JsonObject
        {
            ["user"] = site.User, ["data_directory"] = site.DataDirectory, ["port"] = site.Port, ["socket_folder"] = site.SocketFolder, ["database"] = site.Database, ["role"] = site.Role, ["major"] = site.Major,
            ["system_id"] = site.SystemId.ToString(CultureInfo.InvariantCulture), ["segment_bytes"] = site.SegmentBytes, ["programs"] = site.Programs,
        };
        return AppendAsync(TakenKind, run, body, cancel);
    }

    public Task AppendAsync(string kind, string run, JsonObject body, CancellationToken cancel) =>
        workspace.Ledger.AppendAsync(new LedgerFact(kind, run, cluster.Environment?.Value, cluster.Name, workspace.Actor, workspace.Redactor.Redact(body.ToJsonString())), cancel);

    public Task ManifestAsync(string run, Manifest manifest, CancellationToken cancel) => AppendAsync(ManifestKind, run, new JsonObject
    {
        ["set"] = manifest.Set,
        ["restore_point"] = manifest.RestorePoint,
        ["lsn"] = manifest.At.ToString(),
        ["at"] = manifest.Moment.ToString("O", CultureInfo.InvariantCulture),
        ["not_counted"] = new JsonArray([.. manifest.NotCounted.Select(one => JsonValue.Create(one))]),
        ["tables"] = new JsonArray([.. manifest.Tables.Select(one => new JsonObject { ["database"] = one.Database, ["table"] = one.Name, ["rows"] = one.Rows, ["hash"] = one.Hash, ["percent"] = one.Percent })]),
    }, cancel);

    /// <summary>The alerts of now, when they are others than those of the entry before: a timer that finds the same each time writes one entry.</summary>
    public async Task AlertsAsync(string run, IReadOnlyList<Finding> alerts, CancellationToken cancel)
    {
        JsonObject? last = null;
        await foreach (var body in BodiesAsync(AlertsKind, cancel))
            last = body;
        var before = (last?["alerts"] as JsonArray ?? []).Select(one => Key((string)one!["rule"]!, (string?)one["subject"])).ToHashSet(StringComparer.Ordinal);
        var now = alerts.Select(alert => Key(alert.Rule, alert.Subject)).ToHashSet(StringComparer.Ordinal);
        if (before.SetEquals(now))
            return;
        await AppendAsync(AlertsKind, run, new JsonObject
        {
            ["alerts"] = new JsonArray([.. alerts.Select(alert => new JsonObject { ["rule"] = alert.Rule, ["subject"] = alert.Subject, ["message"] = alert.Message })]),
            ["begun"] = new JsonArray([.. now.Except(before).Order(StringComparer.Ordinal).Select(one => JsonValue.Create(one))]),
            ["ended"] = new JsonArray([.. before.Except(now).Order(StringComparer.Ordinal).Select(one => JsonValue.Create(one))]),
        }, cancel);

        static string Key(string rule, string? subject) => subject is null ? rule : $"{rule} of {subject}";
    }

    /// <summary>The manifest that was made after a set; null for none.</summary>
    public async Task<Manifest?> ManifestOfAsync(string set, CancellationToken cancel)
    {
        Manifest? found = null;
        await foreach (var body in BodiesAsync(ManifestKind, cancel))
        {
            if ((string?)body["set"] == set && Lsn.TryParse((string?)body["lsn"] ?? "", out var at))
            {
                found = new Manifest(
                    set, (string)body["restore_point"]!, at, DateTimeOffset.Parse((string)body["at"]!, CultureInfo.InvariantCulture),
                    [.. body["tables"]!.AsArray().Select(one => new TableEvidence((string)one!["database"]!, (string)one["table"]!, (long)one["rows"]!, (string)one["hash"]!, (double)one["percent"]!))],
                    [.. body["not_counted"]!.AsArray().Select(one => (string)one!)]);
            }
        }

        return found;
    }

    /// <summary>The replication slots that the server had when it was last backed up.</summary>
    public async Task<IReadOnlyList<string>> SlotsAsync(CancellationToken cancel)
    {
        IReadOnlyList<string> last = [];
        await foreach (var body in BodiesAsync(TakenKind, cancel))
            last = [.. (body["slots"] as JsonArray ?? []).Select(slot => (string)slot!)];
        return last;
    }

    /// <summary>The restore points before dangerous changes, the oldest first, with their places in the log.</summary>
    public async Task<IReadOnlyList<(string Name, Lsn Place)>> RestorePointsAsync(CancellationToken cancel)
    {
        var points = new List<(string, Lsn)>();
        await foreach (var body in BodiesAsync(RestorePointKind, cancel))
        {
            if (Lsn.TryParse((string?)body["lsn"] ?? "", out var place))
                points.Add(((string)body["name"]!, place));
        }

        return points;
    }

    /// <summary>The drills, the oldest first.</summary>
    public async Task<IReadOnlyList<JsonObject>> DrillsAsync(CancellationToken cancel)
    {
        var drills = new List<JsonObject>();
        await foreach (var body in BodiesAsync(DrilledKind, cancel))
            drills.Add(body);
        return drills;
    }

    /// <summary>What drills have shown, for the map.</summary>
    public async Task<IReadOnlyList<DrillEvidence>> EvidenceAsync(CancellationToken cancel) =>
        [.. (await DrillsAsync(cancel)).Where(body => body["set"] is not null && body["is_evidence"]?.GetValue<bool>() != false).Select(body => new DrillEvidence(
            (string)body["set"]!, Moment(body["at"])!.Value, Moment(body["reached_until"]), (string?)body["failure"], (string?)body["damaged_segment"]))];

    /// <summary>Where the cluster lay when it was last backed up; null when nobody knows.</summary>
    public async Task<PgBackRestSite?> SiteAsync(IHost host, CancellationToken cancel)
    {
        JsonObject? last = null;
        await foreach (var body in BodiesAsync(TakenKind, cancel))
            last = body["site"] as JsonObject ?? last;
        var policy = cluster.Backup!.Value;
        return last is null ? null : new PgBackRestSite
        {
            Host = host,
            Policy = policy,
            Stanza = PgBackRestSite.StanzaOf(cluster),
            Folder = PgBackRestSite.FolderOf(cluster),
            User = (string)last["user"]!,
            DataDirectory = (string)last["data_directory"]!,
            Port = (int)last["port"]!,
            SocketFolder = (string)last["socket_folder"]!,
            Database = (string)last["database"]!,
            Role = (string)last["role"]!,
            Major = (int)last["major"]!,
            SystemId = ulong.Parse((string)last["system_id"]!, CultureInfo.InvariantCulture),
            SegmentBytes = (int)last["segment_bytes"]!,
            Programs = (string)last["programs"]!,
        };
    }

    public static DateTimeOffset? Moment(JsonNode? node) => (string?)node is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : null;

    private async IAsyncEnumerable<JsonObject> BodiesAsync(string kind, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var entry in workspace.Ledger.ReadAsync(new LedgerFilter { Kinds = [kind] }, cancel))
        {
            if (entry.Fact.Database == cluster.Name && JsonNode.Parse(entry.Fact.Body) is JsonObject body)
                yield return body;
        }
    }
}
