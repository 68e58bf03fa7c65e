namespace Lockkeeper.Engines.Rds.Credentials;

/// <summary>Who calls.</summary>
/// <param name="AccessKey">The id of the key.</param>
/// <param name="SecretKey">The key.</param>
/// <param name="Token">The token of a session; null for a key without one.</param>
/// <param name="Expires">When it ends; null for never.</param>
/// <param name="Source">Where it was found, for messages.</param>
internal sealed record AwsCredentials(string AccessKey, string SecretKey, string? Token, DateTimeOffset? Expires, string Source)
{
    // A record would write its secrets out.
    public override string ToString() => $"{AccessKey} ({Source})";
}
