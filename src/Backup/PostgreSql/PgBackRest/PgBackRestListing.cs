using System.Globalization;
using System.Text;
using System.Text.Json;
using Lockkeeper.Backup.Wal;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>What is in the archive of a stanza.</summary>
/// <param name="Segments">The segments, by archive id, in order.</param>
/// <param name="Histories">The paths of history files with their timelines, by archive id.</param>
internal sealed record PgBackRestListing(IReadOnlyDictionary<string, IReadOnlyList<ArchivedSegment>> Segments, IReadOnlyList<(string ArchiveId, uint Timeline, string Path)> Histories)
{
    private const string HistoryEnd = ".history";

    /// <summary>The end of the name of a file that is being written, or was when its writer was killed (STORAGE_FILE_TEMP_EXT of its src/storage/storage.h).</summary>
    private const string TemporaryEnd = ".pgbackrest.tmp";

    /// <summary>Reads what <c>pgbackrest repo-ls --recurse --output=json archive/STANZA</c> lists, as a stream of tokens: there may be hundreds of thousands of segments.</summary>
    public static PgBackRestListing Parse(string json, int segmentBytes)
    {
        var segments = new Dictionary<string, List<ArchivedSegment>>(StringComparer.Ordinal);
        var histories = new List<(string, uint, string)>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        var path = "";
        var (size, time, depth) = (0L, 0L, 0);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                depth++;
                (size, time) = (0, 0);
            }
            else if (reader.TokenType == JsonTokenType.EndObject)
            {
                if (depth-- == 2)
                    Add(path, size, time);
            }
            else if (reader.TokenType == JsonTokenType.PropertyName && depth == 1)
            {
                path = reader.GetString()!;
            }
            else if (reader.TokenType == JsonTokenType.PropertyName)
            {
                var isSize = reader.ValueTextEquals("size"u8);
                var isTime = reader.ValueTextEquals("time"u8);
                reader.Read();
                if (isSize)
                    size = reader.GetInt64();
                else if (isTime)
                    time = reader.GetInt64();
            }
        }

        return new PgBackRestListing(segments.ToDictionary(one => one.Key, one => Ordered(one.Value), StringComparer.Ordinal), histories);

        void Add(string file, long bytes, long modified)
        {
            var slash = file.IndexOf('/', StringComparison.Ordinal);
            var name = file.AsSpan(file.LastIndexOf('/') + 1);
            if (slash < 0)
                return;
            var id = file[..slash];
            if (IsHistory(name, out var timeline))
                histories.Add((id, timeline, file));
            if (!IsSegment(name, segmentBytes, out var segment))
                return;
            if (!segments.TryGetValue(id, out var known))
                segments[id] = known = [];
            known.Add(new ArchivedSegment(segment, DateTimeOffset.FromUnixTimeSeconds(modified), bytes));
        }
    }

    /// <summary>Whether a file is the history of a timeline.</summary>
    public static bool IsHistory(ReadOnlySpan<char> name, out uint timeline)
    {
        timeline = 0;
        return name.EndsWith(HistoryEnd, StringComparison.Ordinal) && uint.TryParse(name[..^HistoryEnd.Length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out timeline);
    }

    /// <summary>Whether a file is a whole segment: TIMELINE LOG SEGMENT, a dash and its checksum; .partial and .backup files have a dot there.</summary>
    public static bool IsSegment(ReadOnlySpan<char> name, int segmentBytes, out WalSegment segment)
    {
        segment = default;
        return name.Length > WalSegment.NameLength && name[WalSegment.NameLength] == '-' && !name.EndsWith(TemporaryEnd, StringComparison.Ordinal) && WalSegment.TryParse(name, segmentBytes, out segment);
    }

    /// <summary>In the order of timeline and place, none twice.</summary>
    public static IReadOnlyList<ArchivedSegment> Ordered(List<ArchivedSegment> segments)
    {
        segments.Sort(static (one, other) => one.Segment.Timeline != other.Segment.Timeline ? one.Segment.Timeline.CompareTo(other.Segment.Timeline) : one.Segment.Number.CompareTo(other.Segment.Number));
        var ordered = new List<ArchivedSegment>(segments.Count);
        foreach (var one in segments)
        {
            if (ordered.Count == 0 || ordered[^1].Segment != one.Segment)
                ordered.Add(one);
        }

        return ordered;
    }
}
