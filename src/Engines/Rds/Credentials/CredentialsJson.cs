using System.Globalization;
using System.Text.Json;

namespace Lockkeeper.Engines.Rds.Credentials;

/// <summary>Reads credentials as commands of profiles, containers and machines write them.</summary>
internal static class CredentialsJson
{
    /// <summary>The credentials; null when the text is none.</summary>
    public static AwsCredentials? Read(string text, string source)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            // A command writes SessionToken, a container or machine Token.
            if (root.ValueKind != JsonValueKind.Object || Text(root, "AccessKeyId") is not { } key || Text(root, "SecretAccessKey") is not { } secret)
                return null;
            var ends = Text(root, "Expiration") is { } end && DateTimeOffset.TryParse(end, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : (DateTimeOffset?)null;
            return new AwsCredentials(key, secret, Text(root, "SessionToken") ?? Text(root, "Token"), ends, source);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
