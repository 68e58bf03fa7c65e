using System.Net.Http.Headers;
using System.Text;
using Lockkeeper.Kernel.Errors;

#pragma warning disable RS0030 // This is the one home of System.Net.Http.HttpClient.

namespace Lockkeeper.Kernel.Http;

/// <summary>What a service answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The beginning of its text.</param>
public sealed record HttpAnswer(int Status, string Body);

/// <summary>The only place that calls services over HTTP: with a time limit, a limit of size, and no redirects, which would carry a token elsewhere.</summary>
public static class OutboundHttp
{
    private const int MostBytes = 64 * 1024;

    /// <summary>Posts JSON.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="json">The body.</param>
    /// <param name="token">Goes as a bearer token; null for none.</param>
    /// <param name="limit">How long the answer may take, to its last byte.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LockkeeperException">No answer came (LK1600).</exception>
    public static async Task<HttpAnswer> PostJsonAsync(Uri url, string json, string? token, TimeSpan limit, CancellationToken cancel)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var late = new CancellationTokenSource(limit);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(both.Token);
            var (buffer, length) = (new byte[MostBytes], 0);
            while (length < buffer.Length && await stream.ReadAsync(buffer.AsMemory(length), both.Token) is > 0 and var read)
                length += read;
            return new HttpAnswer((int)response.StatusCode, Encoding.UTF8.GetString(buffer, 0, length));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw NoAnswer(url, $"within {Config.Durations.Words(limit)}", null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw NoAnswer(url, $"({e.Message})", e);
        }
    }

    private static LockkeeperException NoAnswer(Uri url, string why, Exception? inner) =>
        new(KernelErrors.NoHttpAnswer, $"{url.GetLeftPart(UriPartial.Authority)} does not answer {why}", "Look whether the service runs and can be reached from here.", inner: inner);
}
