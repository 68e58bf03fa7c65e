using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Engines.Rds.Credentials;

namespace Lockkeeper.Engines.Rds.Query;

/// <summary>A request that is to be signed.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Url">The whole URL; its path and query are taken as they are, already encoded.</param>
/// <param name="Body">The body; empty for none.</param>
/// <param name="Headers">The headers that are signed besides <c>host</c> and those that signing adds.</param>
internal sealed record SignedRequest(string Method, Uri Url, string Body, IReadOnlyList<KeyValuePair<string, string>> Headers);

/// <summary>Signs a request: AWS Signature Version 4.</summary>
/// <remarks>Source: AWS documentation, "Create a signed AWS API request".</remarks>
internal static class SigV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The headers that the signature adds.</summary>
    /// <param name="request">The request.</param>
    /// <param name="region">The region.</param>
    /// <param name="service">The service, such as <c>rds</c>.</param>
    /// <param name="credentials">Who signs.</param>
    /// <param name="now">The time; the service refuses one that is more than five minutes off.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Sign(SignedRequest request, string region, string service, AwsCredentials credentials, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var date = time[..8];
        var added = new List<KeyValuePair<string, string>> { new("X-Amz-Date", time) };
        if (credentials.Token is { } token)
            added.Add(new("X-Amz-Security-Token", token));
        var headers = request.Headers.Concat(added).Append(new("host", request.Url.IsDefaultPort ? request.Url.Host : request.Url.Authority))
            .Select(header => (Name: header.Key.ToLowerInvariant(), Value: string.Join(' ', header.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))))
            .OrderBy(header => header.Name, StringComparer.Ordinal).ToList();
        var names = string.Join(';', headers.Select(header => header.Name));
        var query = string.Join('&', request.Url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Contains('=', StringComparison.Ordinal) ? pair : pair + "=").Order(StringComparer.Ordinal));
        var canonical = $"{request.Method}\n{request.Url.AbsolutePath}\n{query}\n{string.Concat(headers.Select(header => $"{header.Name}:{header.Value}\n"))}\n{names}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(request.Body)))}";
        var scope = $"{date}/{region}/{service}/aws4_request";
        var toSign = $"{Algorithm}\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Hmac(Hmac(Hmac(Hmac(Encoding.UTF8.GetBytes("AWS4" + credentials.SecretKey), date), region), service), "aws4_request");
        return [.. added, new("Authorization", $"{Algorithm} Credential={credentials.AccessKey}/{scope}, SignedHeaders={names}, Signature={Hex(Hmac(key, toSign))}")];
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
