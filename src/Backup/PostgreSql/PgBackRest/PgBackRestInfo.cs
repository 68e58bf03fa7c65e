using System.Text.Json;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Backup.Wal;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>What <c>pgbackrest info --output=json</c> says of one stanza.</summary>
/// <param name="Sets">The sets of all repositories, the oldest first.</param>
/// <param name="Systems">The identifiers of the servers that the repositories were made for, by repository.</param>
/// <param name="Problems">What it says of repositories that are not in order, by repository.</param>
internal sealed record PgBackRestInfo(IReadOnlyList<BackupSet> Sets, IReadOnlyList<(int Repository, string ArchiveId, ulong System)> Systems, IReadOnlyDictionary<int, string> Problems)
{
    /// <summary>Reads the answer.</summary>
    /// <param name="json">The answer: a list with one stanza.</param>
    /// <param name="segmentBytes">The server's segment size.</param>
    public static PgBackRestInfo Parse(string json, int segmentBytes)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.GetArrayLength() == 0)
            return new PgBackRestInfo([], [], new Dictionary<int, string>());
        var stanza = document.RootElement[0];
        var systems = stanza.GetProperty("db").EnumerateArray()
            .Select(one => (Repository: Repo(one), ArchiveId: $"{one.GetProperty("version").GetString()}-{one.GetProperty("id").GetInt32()}", System: one.GetProperty("system-id").GetUInt64())).ToList();
        var sets = stanza.GetProperty("backup").EnumerateArray().Select(one => Set(one, systems, segmentBytes)).OrderBy(one => one.Ended).ToList();
        var problems = stanza.TryGetProperty("repo", out var repositories)
            ? repositories.EnumerateArray().Where(one => one.GetProperty("status").GetProperty("code").GetInt32() != 0).ToDictionary(one => one.GetProperty("key").GetInt32(), one => one.GetProperty("status").GetProperty("message").GetString() ?? "")
            : [];
        return new PgBackRestInfo(sets, systems, problems);
    }

    private static int Repo(JsonElement one) => one.TryGetProperty("repo-key", out var key) ? key.GetInt32() : 1;

    private static BackupSet Set(JsonElement one, IReadOnlyList<(int Repository, string ArchiveId, ulong System)> systems, int segmentBytes)
    {
        var database = one.GetProperty("database");
        var (repository, id) = (Repo(database), database.GetProperty("id").GetInt32());
        var time = one.GetProperty("timestamp");
        var info = one.GetProperty("info");
        var (start, stop) = (default(Lsn), default(Lsn));
        var hasLsn = one.TryGetProperty("lsn", out var lsn) && Lsn.TryParse(lsn.GetProperty("start").GetString() ?? "", out start) && Lsn.TryParse(lsn.GetProperty("stop").GetString() ?? "", out stop);
        return new BackupSet
        {
            Label = one.GetProperty("label").GetString()!,
            Kind = one.GetProperty("type").GetString() switch { "full" => BackupKind.Full, "diff" => BackupKind.Differential, _ => BackupKind.Incremental },
            Repository = repository,
            ArchiveId = systems.FirstOrDefault(system => system.Repository == repository && system.ArchiveId.EndsWith($"-{id}", StringComparison.Ordinal)).ArchiveId ?? "",
            Started = DateTimeOffset.FromUnixTimeSeconds(time.GetProperty("start").GetInt64()),
            Ended = DateTimeOffset.FromUnixTimeSeconds(time.GetProperty("stop").GetInt64()),
            Start = hasLsn ? start : null,
            Stop = hasLsn ? stop : null,
            FirstSegment = Segment(one, "start", segmentBytes),
            LastSegment = Segment(one, "stop", segmentBytes),
            DatabaseBytes = info.GetProperty("size").GetInt64(),
            CopiedBytes = info.GetProperty("delta").GetInt64(),
            RepositoryBytes = info.GetProperty("repository").GetProperty("delta").GetInt64(),
            Needs = one.TryGetProperty("reference", out var needs) && needs.ValueKind == JsonValueKind.Array ? [.. needs.EnumerateArray().Select(label => label.GetString()!)] : [],
            HasPageErrors = one.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.True,
        };
    }

    private static WalSegment? Segment(JsonElement one, string which, int segmentBytes) =>
        one.TryGetProperty("archive", out var archive) && archive.TryGetProperty(which, out var name) && name.ValueKind == JsonValueKind.String && WalSegment.TryParse(name.GetString(), segmentBytes, out var segment) ? segment : null;
}
