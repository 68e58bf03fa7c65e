using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Lockkeeper.Server.Web;

/// <summary>Where the log goes: to standard error, as lines for people or as JSON objects.</summary>
internal static class ServerLog
{
    /// <summary>No log.</summary>
    public const string None = "none";

    /// <summary>A line for people each.</summary>
    public const string Text = "text";

    /// <summary>A JSON object each.</summary>
    public const string Json = "json";

    /// <summary>Adds what writes it.</summary>
    public static void Add(ILoggingBuilder logging, string format)
    {
        if (format == None)
            return;
        // What the web server itself says at Information repeats ours.
        logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (format == Json)
            logging.AddJsonConsole(lines => Stamp(lines, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        else
            logging.AddSimpleConsole(lines =>
            {
                Stamp(lines, "yyyy-MM-dd HH:mm:ss.fff'Z' ");
                lines.SingleLine = true;
                lines.ColorBehavior = LoggerColorBehavior.Disabled;
            });
    }

    private static void Stamp(ConsoleFormatterOptions lines, string format)
    {
        lines.UseUtcTimestamp = true;
        lines.TimestampFormat = format;
    }
}
