using System.Text.Json;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Backup.Wal;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>What <c>pgbackrest info --output=json</c> says of one stanza.</summary>
/// <param name="Sets">The sets of all repositories, the oldest first.</param>
/// <param name="Systems">The identifiers of the servers that the repositories were made for, by repository.</param>
/// <param name="Problems">What it says of repositories that are not in order, by repository.</param>
/// <param name="Unreadable">Those that it could not read at all; what it says of the others is that they are empty or not set up.</param>
internal sealed record PgBackRestInfo(IReadOnlyList<BackupSet> Sets, IReadOnlyList<(int Repository, string ArchiveId, ulong System)> Systems, IReadOnlyDictionary<int, string> Problems, IReadOnlyList<int> Unreadable)
{
    /// <summary>Its code for what it has no code for, such as a store that does not answer (src/command/info/info.c, 2.45).</summary>
    private const int OtherProblem = 99;

    /// <summary>Reads the answer.</summary>
    /// <param name="json">The answer: a list with one stanza.</param>
    /// <param name="segmentBytes">The server's segment size.</param>
    public static PgBackRestInfo Parse(string json, int segmentBytes)
    {
        using var document = JsonDocument.Parse(WithoutControls(json));
        if (document.RootElement.GetArrayLength() == 0)
            return new PgBackRestInfo([], [], new Dictionary<int, string>(), []);
        var stanza = document.RootElement[0];
        var systems = stanza.GetProperty("db").EnumerateArray()
            .Select(one => (Repository: Repo(one), ArchiveId: $"{one.GetProperty("version").GetString()}-{one.GetProperty("id").GetInt32()}", System: one.GetProperty("system-id").GetUInt64())).ToList();
        var sets = stanza.GetProperty("backup").EnumerateArray().Select(one => Set(one, systems, segmentBytes)).OrderBy(one => one.Ended).ToList();
        var problems = stanza.TryGetProperty("repo", out var repositories)
            ? repositories.EnumerateArray().Select(one => (Repository: one.GetProperty("key").GetInt32(), Status: one.GetProperty("status"))).Where(one => Code(one.Status) != 0).ToList()
            : [];
        return new PgBackRestInfo(
            sets, systems, problems.ToDictionary(one => one.Repository, one => (one.Status.GetProperty("message").GetString() ?? "").Split('\n')[0]), [.. problems.Where(one => Code(one.Status) == OtherProblem).Select(one => one.Repository)]);
    }

    /// <summary>Whether a problem is that of a pass that is not the one that the repository was written with. What a wrong one gives is seldom called an error of the cipher: it is text in which no section begins.</summary>
    public static bool IsWrongPass(string problem, bool isEncrypted) =>
        isEncrypted && (problem.StartsWith("[CryptoError]", StringComparison.Ordinal) || problem.StartsWith("[FormatError] unable to load info file", StringComparison.Ordinal));

    /// <summary>It quotes what it could not read as it is (2.45): with a wrong pass that is any byte, and JSON allows none below the blank.</summary>
    private static string WithoutControls(string json) => json.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 ? json : string.Create(json.Length, json, static (text, from) =>
    {
        for (var i = 0; i < text.Length; i++)
            text[i] = from[i] < ' ' ? ' ' : from[i];
    });

    /// <summary>A repository that does not answer.</summary>
    public static PgBackRestInfo Silent(int repository, string problem) => new([], [], new Dictionary<int, string> { [repository] = problem }, [repository]);

    /// <summary>What several answers say together.</summary>
    public static PgBackRestInfo Of(IReadOnlyList<PgBackRestInfo> parts) => new(
        [.. parts.SelectMany(part => part.Sets).OrderBy(set => set.Ended)], [.. parts.SelectMany(part => part.Systems)], parts.SelectMany(part => part.Problems).ToDictionary(), [.. parts.SelectMany(part => part.Unreadable)]);

    /// <summary>The archive of the server as it is now; null when there is none yet.</summary>
    /// <param name="repository">The repository's number.</param>
    /// <param name="site">The cluster.</param>
    /// <exception cref="LockkeeperException">The repository holds the backups of another cluster.</exception>
    public string? ArchiveOf(int repository, PgBackRestSite site)
    {
        var (_, archive, system) = Systems.LastOrDefault(one => one.Repository == repository);
        if (archive is null || system == site.SystemId)
            return archive;
        var declared = site.Policy.Repositories[repository - 1];
        throw new LockkeeperException(
            BackupErrors.OtherCluster, $"the repository {declared.Value.Path} holds the backups of another cluster under the name {site.Stanza}", "Give this cluster a 'stanza' or a repository of its own. Nothing was changed in the repository.", declared.At);
    }

    private static int Code(JsonElement status) => status.GetProperty("code").GetInt32();

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
            // pgBackRest 2.45 cuts the fraction off. The backup is consistent by the next second only: a target between the two would end the recovery too early.
            Ended = DateTimeOffset.FromUnixTimeSeconds(time.GetProperty("stop").GetInt64() + 1),
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
