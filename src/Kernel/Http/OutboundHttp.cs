using System.Net.Http.Headers;
using System.Text;
using Lockkeeper.Kernel.Errors;

#pragma warning disable RS0030 // This is the one home of System.Net.Http.HttpClient.

namespace Lockkeeper.Kernel.Http;

/// <summary>What is sent to a service.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Url">Where to.</param>
public sealed record HttpCall(string Method, Uri Url)
{
    /// <summary>Headers besides those of the body; they are sent as they are.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body; null for none.</summary>
    public string? Body { get; init; }

    /// <summary>The type of the body.</summary>
    public string ContentType { get; init; } = "application/json; charset=utf-8";

    /// <summary>How much of the answer is read.</summary>
    public int MostBytes { get; init; } = 64 * 1024;
}

/// <summary>What a service answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The beginning of its text.</param>
public sealed record HttpAnswer(int Status, string Body)
{
    /// <summary>The service's own time; null when it did not say.</summary>
    public DateTimeOffset? Date { get; init; }
}

/// <summary>The only place that calls services over HTTP: with a time limit, a limit of size, and no redirects, which would carry a token elsewhere.</summary>
public static class OutboundHttp
{
    /// <summary>Connections are used again by the calls of one run, and not for longer than names are good for.</summary>
    private static readonly Lazy<HttpClient> Client = new(() => new HttpClient(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    });

    /// <summary>Posts JSON.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="json">The body.</param>
    /// <param name="token">Goes as a bearer token; null for none.</param>
    /// <param name="limit">How long the answer may take, to its last byte.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LockkeeperException">No answer came (LK1600).</exception>
    public static Task<HttpAnswer> PostJsonAsync(Uri url, string json, string? token, TimeSpan limit, CancellationToken cancel) => SendAsync(
        new HttpCall("POST", url) { Body = json, Headers = token is null ? [] : [new("Authorization", "Bearer " + token)] }, limit, cancel);

    /// <summary>Sends a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="limit">How long the answer may take, to its last byte.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LockkeeperException">No answer came (LK1600).</exception>
    public static async Task<HttpAnswer> SendAsync(HttpCall call, TimeSpan limit, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Url);
        if (call.Body is { } body)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(call.ContentType);
        }

        foreach (var (name, value) in call.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var late = new CancellationTokenSource(limit);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            using var response = await Client.Value.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(both.Token);
            using var text = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (text.Length < call.MostBytes && await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, call.MostBytes - text.Length)), both.Token) is > 0 and var read)
                text.Write(buffer, 0, read);
            return new HttpAnswer((int)response.StatusCode, Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length)) { Date = response.Headers.Date };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw NoAnswer(call.Url, $"within {Config.Durations.Words(limit)}", null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw NoAnswer(call.Url, $"({e.Message})", e);
        }
    }

    private static LockkeeperException NoAnswer(Uri url, string why, Exception? inner) =>
        new(KernelErrors.NoHttpAnswer, $"{url.GetLeftPart(UriPartial.Authority)} does not answer {why}", "Look whether the service runs and can be reached from here.", inner: inner);
}
