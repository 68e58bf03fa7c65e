using Microsoft.Extensions.Logging;

namespace Lockkeeper.Server.Web;

/// <summary>What the server writes into its log, by numbered events (7000 to 7099). Addresses are written without their query, which may hold a one-time key.</summary>
internal static partial class RequestLog
{
    /// <summary>A request was answered.</summary>
    [LoggerMessage(EventId = 7000, Level = LogLevel.Information, Message = "{Method} {Path} {Status} in {Milliseconds} ms for {Actor} from {Address}")]
    public static partial void Answered(ILogger log, string method, string path, int status, double milliseconds, string actor, string address);

    /// <summary>A request failed by a fault of the server.</summary>
    [LoggerMessage(EventId = 7001, Level = LogLevel.Error, Message = "{Method} {Path} failed: {Code} {Text}")]
    public static partial void Failed(ILogger log, string method, string path, string code, string text);

    /// <summary>The server answers.</summary>
    [LoggerMessage(EventId = 7002, Level = LogLevel.Information, Message = "listening at {Address}")]
    public static partial void Listening(ILogger log, string address);

    /// <summary>The server stops; what runs is brought to an end.</summary>
    [LoggerMessage(EventId = 7003, Level = LogLevel.Information, Message = "stopping")]
    public static partial void Stopping(ILogger log);
}
