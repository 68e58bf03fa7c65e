using System.Xml.Linq;
using Lockkeeper.Engines.Rds.Credentials;
using Lockkeeper.Engines.Rds.Query;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Http;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.Rds;

/// <summary>Where the service is called.</summary>
/// <param name="Region">The region.</param>
/// <param name="Endpoint">The URL of the service; null for the region's own.</param>
public sealed record RdsPlace(string Region, Uri? Endpoint)
{
    /// <summary>The URL of the service. China's regions are below a domain of their own.</summary>
    public Uri Url => Endpoint ?? new UriBuilder(Uri.UriSchemeHttps, $"rds.{Region}.amazonaws.com{(Region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}").Uri;
}

/// <summary>Calls the service for RDS and Aurora over its Query protocol.</summary>
/// <param name="place">Where.</param>
/// <param name="credentials">As whom.</param>
/// <param name="clock">The clock.</param>
public sealed class RdsClient(RdsPlace place, CredentialChain credentials, TimeProvider clock)
{
    private const string Version = "2014-10-31";
    private const string ContentType = "application/x-www-form-urlencoded; charset=utf-8";
    private const int MostBytes = 16 * 1024 * 1024;
    private const int MostBareFailures = 3;

    /// <summary>How long a call is tried again when the service is throttled or fails.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private static readonly string[] Throttled = ["Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "SlowDown", "PriorRequestNotComplete"];

    private static readonly string[] WrongTime = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"];

    private static readonly string[] Refused = ["InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidSignatureException", "ExpiredToken", "ExpiredTokenException", "RequestExpired", "RequestTimeTooSkewed", "IncompleteSignature", "MissingAuthenticationToken", "AuthFailure"];

    private TimeSpan skew;

    /// <summary>Where it is called, fit for messages.</summary>
    public string Name => place.Endpoint is { } endpoint ? $"{place.Region} at {endpoint.Authority}" : place.Region;

    /// <summary>Calls an action that changes nothing or that may be sent twice.</summary>
    /// <param name="action">The action.</param>
    /// <param name="parameters">Its parameters, flat.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>Its result.</returns>
    /// <exception cref="LockkeeperException">It could not be called.</exception>
    public async Task<XElement> CallAsync(string action, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            var (answer, lost) = await TryAsync(action, parameters, cancel);
            if (answer is { Status: >= 200 and < 300 })
                return QueryAnswer.Result(action, answer);
            var error = answer is null ? null : QueryAnswer.Error(answer);
            if (error is not null && !IsPassing(answer!, error, tries))
                throw Refusal(action, error);
            var wait = Backoff.After(tries, Random.Shared.NextDouble());
            if (clock.GetElapsedTime(started) + wait > Patience)
                throw new LockkeeperException(RdsErrors.Unavailable, $"{action} was tried {tries} times within {Durations.Words(Patience)}, and {(error is null ? $"no answer came: {lost!.Message}" : $"the service answered {error.Code}: {error.Message}")}", "Wait until the service takes calls again, then run the same command again: it goes on from what is there.", inner: lost);
            await Task.Delay(wait, clock, cancel);
        }
    }

    /// <summary>Calls an action that lists things, page after page.</summary>
    /// <param name="action">The action.</param>
    /// <param name="parameters">Its parameters, flat.</param>
    /// <param name="list">The element that holds the things.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<IReadOnlyList<XElement>> ListAsync(string action, IReadOnlyList<KeyValuePair<string, string>> parameters, string list, CancellationToken cancel)
    {
        var all = new List<XElement>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (string? marker = null; ;)
        {
            var result = await CallAsync(action, marker is null ? parameters : [.. parameters, new("Marker", marker)], cancel);
            all.AddRange(result.Element(list)?.Elements() ?? []);
            marker = result.Element("Marker")?.Value;
            // A service that gives the same page again would be asked for ever.
            if (string.IsNullOrEmpty(marker) || !seen.Add(marker))
                return all;
        }
    }

    /// <summary>Asks for one thing by its name.</summary>
    /// <param name="action">The action that lists such things.</param>
    /// <param name="key">The parameter of its name.</param>
    /// <param name="id">Its name.</param>
    /// <param name="list">The element that holds the things.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>Null when there is none.</returns>
    public async Task<XElement?> FindAsync(string action, string key, string id, string list, CancellationToken cancel)
    {
        try
        {
            return (await ListAsync(action, [new(key, id)], list, cancel)).FirstOrDefault();
        }
        catch (LockkeeperException e) when (RdsRefusal.CodeOf(e)?.Contains("NotFound", StringComparison.Ordinal) == true)
        {
            return null;
        }
    }

    /// <summary>Calls an action that removes a thing.</summary>
    /// <param name="action">The action.</param>
    /// <param name="parameters">Its parameters, flat.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>False when the thing is gone, or its state does not allow it now: it is still being made or changed.</returns>
    /// <exception cref="LockkeeperException">It could not be called, or was refused for another reason.</exception>
    public async Task<bool> TryDeleteAsync(string action, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancel)
    {
        try
        {
            await CallAsync(action, parameters, cancel);
            return true;
        }
        catch (LockkeeperException e) when (RdsRefusal.CodeOf(e) is { } code && ((code.StartsWith("InvalidDB", StringComparison.Ordinal) && code.Contains("State", StringComparison.Ordinal)) || code.Contains("NotFound", StringComparison.Ordinal)))
        {
            return false;
        }
    }

    private async Task<(HttpAnswer? Answer, LockkeeperException? Lost)> TryAsync(string action, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancel)
    {
        var body = QueryText.Form(action, Version, parameters);
        var who = await credentials.FindAsync(cancel);
        var signature = SigV4.Sign(new SignedRequest("POST", place.Url, body, [new("content-type", ContentType)]), place.Region, "rds", who, clock.GetUtcNow() + skew);
        try
        {
            return (await OutboundHttp.SendAsync(new HttpCall("POST", place.Url) { Headers = signature, Body = body, ContentType = ContentType, MostBytes = MostBytes }, AnswerLimit, cancel), null);
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.NoHttpAnswer)
        {
            return (null, e);
        }
    }

    private bool IsPassing(HttpAnswer answer, QueryError error, int tries)
    {
        // The service's own 500 says why in XML. One without comes from a program that has broken down over this very call, as moto does over an action that it does not know.
        if (answer.Status == 500 && error.Code == "HTTP 500" && tries >= MostBareFailures)
            return false;
        // 501 is what is not there at all, however often it is asked for.
        if (answer.Status is 429 or (>= 500 and not 501) || Throttled.Contains(error.Code, StringComparer.Ordinal))
            return true;
        if (tries > 1 || !WrongTime.Contains(error.Code, StringComparer.Ordinal) || answer.Date is not { } theirs || (theirs - clock.GetUtcNow() - skew).Duration() < TimeSpan.FromMinutes(4))
            return false;
        skew = theirs - clock.GetUtcNow();
        return true;
    }

    private LockkeeperException Refusal(string action, QueryError error)
    {
        var facts = new List<ErrorFact> { new("SERVICE", $"{error.Code}: {error.Message}") };
        if (error.Request is { } request)
            facts.Add(new ErrorFact("REQUEST", request));
        if (Refused.Contains(error.Code, StringComparer.Ordinal))
            return new LockkeeperException(RdsErrors.SignInRefused, $"the service of {Name} refused the credentials ({credentials.Source}): {error.Message}", "Sign in again, or look whether the credentials belong to this account and the clock of this machine is right.") { Facts = facts };
        if (error.Code is "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" or "OptInRequired")
            return new LockkeeperException(RdsErrors.NotAllowed, $"the credentials ({credentials.Source}) may not call {action}: {error.Message}", $"Let their policy allow rds:{action}.") { Facts = facts };
        return new LockkeeperException(RdsErrors.CallRefused, $"{action} was refused: {error.Message}", "Correct the declaration, or what the service complains about, then run the same command again.", inner: new RdsRefusal(error.Code, error.Message)) { Facts = facts };
    }
}

/// <summary>Why the service refused a call, as it says it; the cause of an LK4104.</summary>
/// <param name="code">Its code, such as <c>DBInstanceNotFound</c>.</param>
/// <param name="message">Its message.</param>
public sealed class RdsRefusal(string code, string message) : Exception(message)
{
    /// <summary>The code.</summary>
    public string Code => code;

    /// <summary>The service's code of a refusal; null for any other error.</summary>
    /// <param name="error">The error.</param>
    public static string? CodeOf(Exception error) => (error.InnerException as RdsRefusal)?.Code;
}
