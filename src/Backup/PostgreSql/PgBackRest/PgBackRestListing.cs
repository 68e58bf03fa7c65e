using System.Text;
using System.Text.Json;
using Lockkeeper.Backup.Wal;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>What <c>pgbackrest repo-ls --recurse --output=json archive/STANZA</c> lists, by archive id. Read as a stream of tokens: there may be hundreds of thousands of segments.</summary>
/// <param name="Segments">The segments, by archive id, in order.</param>
/// <param name="Histories">The paths of history files with their timelines, by archive id.</param>
internal sealed record PgBackRestListing(IReadOnlyDictionary<string, IReadOnlyList<ArchivedSegment>> Segments, IReadOnlyList<(string ArchiveId, uint Timeline, string Path)> Histories)
{
    private const string HistoryEnd = ".history";

    /// <summary>Reads the listing.</summary>
    public static PgBackRestListing Parse(string json, int segmentBytes)
    {
        var segments = new Dictionary<string, Dictionary<WalSegment, ArchivedSegment>>(StringComparer.Ordinal);
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

        return new PgBackRestListing(segments.ToDictionary(one => one.Key, one => (IReadOnlyList<ArchivedSegment>)[.. one.Value.Values.OrderBy(segment => segment.Segment.Timeline).ThenBy(segment => segment.Segment.Number)], StringComparer.Ordinal), histories);

        void Add(string file, long bytes, long modified)
        {
            var slash = file.IndexOf('/', StringComparison.Ordinal);
            var name = file.AsSpan(file.LastIndexOf('/') + 1);
            if (slash < 0)
                return;
            var id = file[..slash];
            if (name.EndsWith(HistoryEnd, StringComparison.Ordinal) && uint.TryParse(name[..^HistoryEnd.Length], System.Globalization.NumberStyles.AllowHexSpecifier, null, out var timeline))
                histories.Add((id, timeline, file));
            // A whole segment is TIMELINE LOG SEGMENT, a dash and its checksum; .partial and .backup files have a dot there.
            if (name.Length <= WalSegment.NameLength || name[WalSegment.NameLength] != '-' || !WalSegment.TryParse(name, segmentBytes, out var segment))
                return;
            if (!segments.TryGetValue(id, out var known))
                segments[id] = known = [];
            known[segment] = new ArchivedSegment(segment, DateTimeOffset.FromUnixTimeSeconds(modified), bytes);
        }
    }
}
