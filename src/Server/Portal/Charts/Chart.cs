using System.Text.Json.Nodes;

namespace Lockkeeper.Server.Portal.Charts;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Values">A value for each moment; null where there is none.</param>
internal sealed record ChartLine(string Name, IReadOnlyList<double?> Values);

/// <summary>Something that happened, and is marked on every chart.</summary>
/// <param name="At">When.</param>
/// <param name="Words">What.</param>
/// <param name="Run">The run, for a link into the ledger.</param>
internal sealed record ChartMark(DateTimeOffset At, string Words, string Run);

/// <summary>The time that charts beside one another show.</summary>
/// <param name="From">The first moment.</param>
/// <param name="To">The last.</param>
/// <param name="Step">The distance of two moments.</param>
/// <param name="Marks">What happened in it.</param>
internal sealed record ChartTime(DateTimeOffset From, DateTimeOffset To, TimeSpan Step, IReadOnlyList<ChartMark> Marks);

/// <summary>Lines over time.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Help">What to look for in it.</param>
/// <param name="Unit">A unit of <see cref="Quantity"/>.</param>
/// <param name="Stacked">Whether the lines stand on one another.</param>
/// <param name="Lines">The lines.</param>
internal sealed record Chart(string Title, string Help, string Unit, bool Stacked, IReadOnlyList<ChartLine> Lines)
{
    /// <summary>A limit that is drawn across; null for none.</summary>
    public double? Limit { get; init; }

    /// <summary>A chart of <c>lk observe history --json</c>.</summary>
    public static Chart Of(JsonNode chart) => new(
        (string)chart["title"]!, (string)chart["help"]!, (string)chart["unit"]!, (bool)chart["stacked"]!,
        [.. chart["lines"]!.AsArray().Select(line => new ChartLine((string)line!["name"]!, [.. line["values"]!.AsArray().Select(value => (double?)value)]))]);

    /// <summary>The time of its answer.</summary>
    public static ChartTime TimeOf(JsonNode history) => new(
        (DateTimeOffset)history["from"]!, (DateTimeOffset)history["to"]!, TimeSpan.FromSeconds((long)history["step_seconds"]!),
        [.. history["marks"]!.AsArray().Select(mark => new ChartMark((DateTimeOffset)mark!["at"]!, $"{(string?)mark["title"]}, by {(string?)mark["actor"]}", (string)mark["run"]!))]);

    /// <summary>What the lines reach, those of a stacked chart together.</summary>
    public double Most => Math.Max(Limit ?? 0, Lines.Count == 0 ? 0 : Stacked
        ? Enumerable.Range(0, Lines[0].Values.Count).Max(i => Lines.Sum(line => line.Values[i] ?? 0))
        : Lines.Max(line => line.Values.Max() ?? 0));
}
