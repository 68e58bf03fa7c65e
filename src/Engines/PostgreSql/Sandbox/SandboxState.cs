using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>What is kept about a cluster that stays, in cluster.json of its folder. It appears once the server is up, so a folder
/// without it is ephemeral, half-made or half-removed.</summary>
internal sealed record SandboxState
{
    public required string Name { get; init; }

    public required int MajorVersion { get; init; }

    public required string Version { get; init; }

    public required int Port { get; init; }

    public required string BinariesFolder { get; init; }

    public required string Password { get; init; }

    public required DateTimeOffset Created { get; init; }

    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    private static string FileIn(string folder) => Path.Combine(folder, "cluster.json");

    /// <summary>Reads it; null when it is not there or not whole.</summary>
    public static SandboxState? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(FileIn(folder)), SandboxJson.Default.SandboxState);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it beside its place, for this user's eyes only since it holds the password; the guard's order <c>leave</c> puts it in place.</summary>
    public void Prepare(string folder)
    {
        using var stream = new FileStream(FileIn(folder) + ".new", new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        JsonSerializer.Serialize(stream, this, SandboxJson.Default.SandboxState);
    }

    /// <summary>Takes it away: from now on the folder is a left-over for whoever comes first.</summary>
    public static void Forget(string folder)
    {
        if (Directory.Exists(folder))
            File.Delete(FileIn(folder));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SandboxState))]
internal sealed partial class SandboxJson : JsonSerializerContext;
