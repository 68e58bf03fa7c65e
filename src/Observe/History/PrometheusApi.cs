using System.Text;
using System.Text.Json;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Http;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Observe.History;

/// <summary>Asks a Prometheus (HTTP API v1).</summary>
internal sealed class PrometheusApi
{
    /// <summary>A day of thirty thousand series in ten minutes each; more would not fit into memory beside the rest.</summary>
    private const int MostBytes = 256 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly Uri address;
    private readonly string? authorization;

    private PrometheusApi(Uri address, string? authorization) => (this.address, this.authorization) = (address, authorization);

    /// <summary>Finds out where it is; nothing is asked yet.</summary>
    /// <param name="url">Its own URL, with references to secrets; a user and password in it go as basic authentication.</param>
    /// <param name="workspace">Resolves secrets.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LockkeeperException">It is no URL (LK1103).</exception>
    public static async Task<PrometheusApi> OpenAsync(string url, Workspace workspace, CancellationToken cancel)
    {
        var text = await workspace.Secrets.ResolveAsync(url, cancel);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new LockkeeperException(KernelErrors.ConfigBadValue, "observe: prometheus: is not the URL of a Prometheus", "Write it as http://127.0.0.1:9090.");
        var user = Uri.UnescapeDataString(uri.UserInfo);
        if (user.Contains(':', StringComparison.Ordinal))
            workspace.Redactor.Learn(user[(user.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        // One behind a path, such as /prometheus, has its API below it.
        var api = new UriBuilder(uri) { UserName = "", Password = "", Path = uri.AbsolutePath.TrimEnd('/') + "/api/v1/", Query = "" }.Uri;
        return new PrometheusApi(api, user.Length == 0 ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(user)));
    }

    /// <summary>Asks; the whole answer, whose content is under <c>data</c>.</summary>
    /// <param name="what">The last part of the address.</param>
    /// <param name="form">The question, sent as a form: a pattern of metrics is too long for some proxies' addresses. Null for a question without one.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LockkeeperException">It does not answer (LK1600), or not what is asked for (LK6003).</exception>
    public async Task<JsonDocument> AskAsync(string what, string? form, CancellationToken cancel)
    {
        var answer = await OutboundHttp.SendAsync(
            new HttpCall(form is null ? "GET" : "POST", new Uri(address, what))
            {
                Body = form,
                ContentType = "application/x-www-form-urlencoded",
                Headers = authorization is { } word ? [new("Authorization", word)] : [],
                MostBytes = MostBytes,
            }, Limit, cancel);
        try
        {
            var json = JsonDocument.Parse(answer.Body);
            if (json.RootElement.TryGetProperty("status", out var status) && status.GetString() == "success")
                return json;
            var why = json.RootElement.TryGetProperty("error", out var error) ? error.GetString() : "no error is given";
            json.Dispose();
            throw Refused($"refuses the question: {why}", null);
        }
        catch (JsonException e)
        {
            throw Refused(answer.Body.Length >= MostBytes ? $"answers with more than {MostBytes >> 20} MB" : $"answers with status {answer.Status} and no JSON of its API", e);
        }
    }

    private LockkeeperException Refused(string why, Exception? inner) => new(
        ObserveErrors.PrometheusUnusable, $"{address.GetLeftPart(UriPartial.Authority)} {why}",
        "Look whether observe: prometheus: is the address of a Prometheus 2 or 3 that scrapes 'lk observe serve'.", inner: inner);
}
