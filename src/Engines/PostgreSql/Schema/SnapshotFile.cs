using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>A snapshot as it is stored.</summary>
/// <param name="Format">Version of this layout.</param>
/// <param name="Objects">The objects; properties as a JSON object.</param>
internal sealed record SnapshotFile(int Format, IReadOnlyList<SnapshotFile.Item> Objects)
{
    private const int CurrentFormat = 1;

    public static byte[] Write(SchemaSnapshot snapshot)
    {
        var items = snapshot.Objects
            .Select(item => new Item(item.Kind, item.Identity, item.Properties.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal)))
            .ToArray();
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            JsonSerializer.Serialize(gzip, new SnapshotFile(CurrentFormat, items), SnapshotJson.Default.SnapshotFile);

        return bytes.ToArray();
    }

    public static SchemaSnapshot Read(byte[] bytes)
    {
        SnapshotFile? file;
        try
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            file = JsonSerializer.Deserialize(gzip, SnapshotJson.Default.SnapshotFile);
            if (file?.Format == CurrentFormat) return new SchemaSnapshot(file.Objects.Select(ToObject));
        }
        catch (Exception error) when (error is InvalidDataException or JsonException or EndOfStreamException or ArgumentException)
        {
            throw Unreadable("the stored schema snapshot is damaged", "Record the schema again with a new run.", error);
        }

        throw Unreadable($"the stored schema snapshot has format {file?.Format}, and this program reads {CurrentFormat}",
            "Use the version of Lockkeeper that wrote it, or a later one.", null);
    }

    private static SchemaObject ToObject(Item item) =>
        new(item.Kind, item.Identity, [.. item.Properties.Select(p => new SchemaProperty(p.Key, p.Value))]);

    private static LockkeeperException Unreadable(string message, string hint, Exception? cause) =>
        new(SchemaErrors.SnapshotUnreadable, message, hint, inner: cause);

    internal sealed record Item(string Kind, string Identity, IReadOnlyDictionary<string, string> Properties);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SnapshotFile))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
