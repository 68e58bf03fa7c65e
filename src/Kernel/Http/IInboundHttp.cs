namespace Lockkeeper.Kernel.Http;

/// <summary>A request that a program of this machine or another sent to us.</summary>
public interface IInboundCall
{
    /// <summary>A value of the query part of the address; null when it is not there.</summary>
    /// <param name="name">Its name.</param>
    string? Query(string name);

    /// <summary>A header; null when it is not there.</summary>
    /// <param name="name">Its name, in any case.</param>
    string? Header(string name);

    /// <summary>Begins the answer, and gives the stream for its body.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="contentType">The type of the body.</param>
    Stream Answer(int status, string contentType);
}

/// <summary>What answers the GET requests for one path.</summary>
/// <param name="Path">The path, for example <c>/metrics</c>.</param>
/// <param name="AnswerAsync">Answers; the token ends when the caller goes away.</param>
public sealed record InboundRoute(string Path, Func<IInboundCall, CancellationToken, Task> AnswerAsync);

/// <summary>Answers HTTP requests. The face that this program runs in provides it, so that duties know nothing of a web server.</summary>
public interface IInboundHttp
{
    /// <summary>Answers until it is cancelled; requests that are being answered then get two seconds to end.</summary>
    /// <param name="address">Address and port: <c>127.0.0.1:9187</c>; port 0 takes a free one.</param>
    /// <param name="routes">The paths; any other is answered with 404.</param>
    /// <param name="listening">Is told the address once requests are answered.</param>
    /// <param name="cancel">Ends it; that is no error.</param>
    /// <exception cref="Errors.LockkeeperException">The address cannot be listened on (LK1601).</exception>
    Task ServeAsync(string address, IReadOnlyList<InboundRoute> routes, Action<string> listening, CancellationToken cancel);
}
