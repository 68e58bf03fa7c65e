using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>What is kept about a cluster that stays, in cluster.json of its folder. It is written once the server is up, so a folder
/// without it is half-made or ephemeral.</summary>
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

    /// <summary>Writes it for this user's eyes only: it holds the password.</summary>
    public void Write(string folder)
    {
        var fresh = FileIn(folder) + ".new";
        using (var stream = new FileStream(fresh, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
            JsonSerializer.Serialize(stream, this, SandboxJson.Default.SandboxState);
        // A rename is whole or not at all, so a reader never sees half a file.
        File.Move(fresh, FileIn(folder), overwrite: true);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SandboxState))]
internal sealed partial class SandboxJson : JsonSerializerContext;
