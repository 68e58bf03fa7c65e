using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>Says how far a backfill is: share, rate, time left, and what holds it up.</summary>
internal sealed class BackfillProgress
{
    /// <summary>A wait that lasts this long is said, also when one of its kind was said before.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(30);

    private readonly BackfillSurroundings around;
    private readonly BackfillStatement statement;
    private readonly BackfillTable table;
    private readonly BackfillRow start;
    private readonly long started;
    private readonly HashSet<string> said = new(StringComparer.Ordinal);
    private bool isWaitSaid;
    private TimeSpan worked;
    private int lastPass;
    private long scannedBefore;

    public BackfillProgress(BackfillSurroundings around, BackfillStatement statement, BackfillTable table, BackfillRow start)
    {
        (this.around, this.statement, this.table, this.start) = (around, statement, table, start);
        (started, lastPass, scannedBefore) = (around.Clock.GetTimestamp(), start.Pass, 0);
        around.Progress.Say($"{start.Place.Id}: {statement.Words} in batches by {table.Key.Words}{(start.Batches > 0 ? $", goes on after {Where(start)}" : table.Rows is { } rows ? $", about {rows:N0} rows" : "")}");
    }

    /// <summary>How far a checkpoint is, in words.</summary>
    public string Where(BackfillRow row) => $"{row.Scanned:N0} rows";

    /// <summary>Shows where it is now.</summary>
    /// <param name="row">The checkpoint.</param>
    /// <param name="batch">The rows of the next batch.</param>
    /// <param name="held">What holds it up; null for nothing.</param>
    public void Now(BackfillRow row, int batch, string? held)
    {
        if (row.Pass != lastPass)
            (lastPass, scannedBefore) = (row.Pass, scannedBefore + (table.Rows ?? 0));
        var seconds = around.Clock.GetElapsedTime(started).TotalSeconds;
        var rate = seconds > 0 ? (row.Scanned - (row.Pass == start.Pass ? start.Scanned : 0) + scannedBefore) / seconds : 0;
        var left = table.Rows is { } rows && rate > 0 && rows > row.Scanned ? TimeSpan.FromSeconds((rows - row.Scanned) / rate) : (TimeSpan?)null;
        var share = table.Rows is { } all and > 0 ? $"{Math.Min(99, 100 * row.Scanned / all)} %, " : $"{row.Scanned:N0} rows, ";
        around.Progress.Now(
            string.Create(CultureInfo.InvariantCulture, $"{row.Place.Id}: {statement.Words}: {share}{rate:N0} rows/s{(left is { } time ? $", {Durations.Words(time)} left" : "")}, batches of {batch:N0}{(held is null ? "" : $"; {held}")}"),
            table.Rows is { } known ? Math.Min(row.Scanned, known) : row.Scanned, table.Rows is > 0 ? table.Rows : null);
    }

    /// <summary>The next batch waits.</summary>
    /// <param name="row">The checkpoint.</param>
    /// <param name="batch">The rows of the next batch.</param>
    /// <param name="kind">What it waits for.</param>
    /// <param name="reason">Why.</param>
    /// <param name="inOneGo">How long it has waited so far.</param>
    public void Waits(BackfillRow row, int batch, string kind, string reason, TimeSpan inOneGo)
    {
        Now(row, batch, $"waits: {reason}");
        // It may wait thousands of times: the first of each kind is worth a line, and each that lasts.
        if (isWaitSaid || !(said.Add(kind) || inOneGo >= Lasting))
            return;
        isWaitSaid = true;
        around.Progress.Say($"{row.Place.Id}: {statement.Words} waits after {Where(row)}: {reason}");
    }

    /// <summary>Nothing holds it up any more.</summary>
    public void GoesOn()
    {
        if (isWaitSaid)
            around.Progress.Say($"{start.Place.Id}: {statement.Words} goes on");
        isWaitSaid = false;
    }

    /// <summary>Sessions waited for the last batch.</summary>
    public void GivesWay(BackfillRow row, int batch, int waiting)
    {
        Now(row, batch, $"{waiting} sessions waited");
        if (said.Add("sessions"))
            around.Progress.Say($"{row.Place.Id}: {waiting} sessions waited for rows of a batch of the {statement.Words}: batches get smaller and pause while that is so");
    }

    /// <summary>All ranges are done, and what is left is counted.</summary>
    public void Verifying()
    {
        worked = around.Clock.GetElapsedTime(started);
        around.Progress.Now($"{start.Place.Id}: {statement.Words}: counting what is left");
    }

    /// <summary>Rows are left that others wrote meanwhile.</summary>
    public void Again(long left) => around.Progress.Say($"{start.Place.Id}: {left:N0} rows that sessions wrote meanwhile still fulfil the condition; the table is gone through again");

    /// <summary>It has ended: says so, and gives the report for the ledger.</summary>
    public void Ended(BackfillRow row, long counted, long? left, IReadOnlyDictionary<string, TimeSpan> waited)
    {
        var took = around.Clock.GetElapsedTime(started);
        var rate = (row.Scanned - (row.Pass == start.Pass ? start.Scanned : 0)) / Math.Max(worked.TotalSeconds, 0.001);
        var check = left is { } rest ? $"{rest:N0} rows left that fulfil the condition" : $"{counted:N0} rows counted in the same ranges";
        var held = waited.Count == 0 ? "" : $"; waited {string.Join(", ", waited.Select(wait => $"{Durations.Words(wait.Value)} for {wait.Key}"))}";
        around.Progress.Now(null);
        around.Progress.Say(string.Create(
            CultureInfo.InvariantCulture, $"{row.Place.Id}: {statement.Words}: {row.Changed:N0} rows changed of {row.Scanned:N0} in {row.Batches:N0} batches, {Durations.Words(took)} ({rate:N0} rows/s); {check}{held}"));
        around.Reports.Add("backfill.finished", new JsonObject
        {
            ["step"] = row.Place.Id,
            ["statement"] = row.Place.Statement + 1,
            ["table"] = row.Table,
            ["key"] = new JsonArray([.. row.Key.Select(name => JsonValue.Create(name))]),
            ["end"] = row.End is null ? null : new JsonArray([.. row.End.Select(value => JsonValue.Create(value))]),
            ["rows_scanned"] = row.Scanned,
            ["rows_changed"] = row.Changed,
            ["batches"] = row.Batches,
            ["passes"] = row.Pass,
            ["rows_left"] = left,
            ["rows_counted"] = counted,
            ["duration_ms"] = Math.Round(took.TotalMilliseconds, 1),
            ["rows_per_second"] = Math.Round(rate),
            ["waited_ms"] = new JsonObject(waited.Select(wait => KeyValuePair.Create(wait.Key, (JsonNode?)JsonValue.Create(Math.Round(wait.Value.TotalMilliseconds))))),
        });
    }
}
