using System.Text.RegularExpressions;

namespace Lockkeeper.Migrate.Fix;

/// <summary>How a file says that each of its statements commits by itself, in the words of its own tool: going back to that tool must stay possible.</summary>
internal static partial class NoTransactionMark
{
    /// <summary>A file's text with the mark.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="format">Its format.</param>
    /// <returns>Null when a file of the format cannot say so itself.</returns>
    public static string? Add(string text, string format) => format switch
    {
        "lockkeeper" or "plain" => "-- lk: no-transaction\n" + text,
        "dbmate" => MigrateUp().Replace(text, "-- migrate:up transaction:false", 1),
        "goose" => "-- +goose NO TRANSACTION\n" + text,
        "evolve" => "-- evolve-tx-off\n" + text,
        "atlas" => "-- atlas:txmode none\n\n" + text,
        _ => null,
    };

    [GeneratedRegex(@"^--\s*migrate:up.*$", RegexOptions.Multiline, 10_000)]
    private static partial Regex MigrateUp();
}
