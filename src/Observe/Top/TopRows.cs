using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Observe.Top;

/// <summary>A column.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Most">The most characters that it gets; 0 for what is left.</param>
/// <param name="IsNumber">Whether its values stand at the right.</param>
internal sealed record TopColumn(string Title, int Most, bool IsNumber = false);

/// <summary>A row of a view.</summary>
/// <param name="Key">What it is selected by.</param>
/// <param name="Cells">A value for each column.</param>
internal sealed record TopRow(string Key, IReadOnlyList<Cell> Cells)
{
    public TopSession? Session { get; init; }

    public TopQuery? Query { get; init; }
}

/// <summary>The columns and rows of a view, sorted and filtered.</summary>
internal sealed record TopRows(IReadOnlyList<TopColumn> Columns, IReadOnlyList<TopRow> Rows, string WhenEmpty)
{
    private static readonly TopColumn[] session =
        [new("pid", 8, true), new("user", 14), new("database", 16), new("application", 18), new("state", 20), new("wait", 28), new("transaction", 11, true), new("statement", 10, true), new("text", 0)];

    private static readonly TopColumn[] blocked = [new("session", 24), new("behind", 6, true), new("user", 14), new("database", 16), new("state", 20), new("wait", 28), new("transaction", 11, true), new("text", 0)];

    private static readonly TopColumn[] query =
        [new("load", 7, true), new("calls/s", 9, true), new("mean ms", 10, true), new("rows/call", 10, true), new("reads/s", 9, true), new("database", 16), new("user", 14), new("text", 0)];

    private static readonly TopColumn[] replication = [new("kind", 14), new("name", 26), new("from", 20), new("state", 20), new("behind", 10, true), new("lag", 9, true), new("note", 0)];

    private static readonly TopColumn[] pool =
        [new("database", 20), new("user", 20), new("clients", 8, true), new("waiting", 8, true), new("servers", 8, true), new("idle", 6, true), new("longest wait", 0)];

    public static TopRows Of(TopState state)
    {
        var reading = state.Reading;
        var all = state.View switch
        {
            TopView.Blocking => new TopRows(blocked, [.. SessionTree.Of(reading?.Sessions ?? []).Select(Blocked)], "nobody waits for a lock"),
            TopView.Queries => new TopRows(query, [.. Sorted(reading?.Queries ?? [], state.QueryOrder).Select(Query)], reading is null ? "" : QueriesEmpty(reading)),
            TopView.Replication => new TopRows(replication, reading is null ? [] : [.. Replication(reading)], "nobody streams WAL from here, and there is no slot"),
            TopView.Pools => new TopRows(pool, [.. (reading?.Pools ?? []).Select(Pool)], reading?.PoolsMissing is { Length: > 0 } why ? why : "no pooler is declared for this target"),
            _ => new TopRows(session, [.. Sorted(reading?.Sessions ?? [], state.SessionOrder).Select(Session)], "no session"),
        };
        var rows = all.Rows.Where(row => Holds(row, state.Filter));
        // The tree has an order of its own.
        return all with { Rows = [.. state.IsReversed && state.View != TopView.Blocking ? rows.Reverse() : rows] };
    }

    /// <summary>The row that keys are meant for: the one that was selected, else the first.</summary>
    public int Selected(TopState state)
    {
        for (var i = 0; i < Rows.Count; i++)
        {
            if (Rows[i].Key == state.Selected)
                return i;
        }

        return 0;
    }

    private static bool Holds(TopRow row, string filter) => filter.Length == 0 || row.Cells.Any(cell => cell.Text.Contains(filter, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<TopSession> Sorted(IReadOnlyList<TopSession> sessions, SessionOrder order) => order switch
    {
        SessionOrder.Statement => sessions.OrderBy(one => one.State == "idle").ThenByDescending(one => one.StatementSeconds ?? -1).ThenBy(one => one.Pid),
        SessionOrder.State => sessions.OrderBy(one => one.State, StringComparer.Ordinal).ThenByDescending(one => one.StatementSeconds ?? -1).ThenBy(one => one.Pid),
        SessionOrder.User => sessions.OrderBy(one => one.User, StringComparer.Ordinal).ThenBy(one => one.Pid),
        SessionOrder.Database => sessions.OrderBy(one => one.Database, StringComparer.Ordinal).ThenBy(one => one.Pid),
        SessionOrder.Pid => sessions.OrderBy(one => one.Pid),
        _ => sessions.OrderByDescending(one => one.Blockers.Count > 0).ThenByDescending(one => one.TransactionSeconds ?? -1).ThenBy(one => one.Pid),
    };

    private static IEnumerable<TopQuery> Sorted(IReadOnlyList<TopQuery> queries, QueryOrder order) => queries.OrderByDescending(one => order switch
    {
        QueryOrder.Calls => one.CallsPerSecond,
        QueryOrder.Mean => one.MeanMilliseconds,
        QueryOrder.Rows => one.RowsPerCall,
        QueryOrder.Reads => one.BlocksReadPerSecond,
        _ => one.Load,
    }).ThenBy(one => one.Key, StringComparer.Ordinal);

    private static TopRow Session(TopSession one) => new(one.Key,
    [
        TopText.Number(one.Pid), one.User, one.Database, one.Kind == "client backend" ? one.Application : one.Kind, new Cell(one.State, StateTone(one)), new Cell(Waits(one), one.Blockers.Count > 0 ? Tone.Warning : Tone.Muted),
        TopText.Age(one.TransactionSeconds), TopText.Age(one.StatementSeconds), new Cell(TopText.Line(one.Statement), one.State == "idle" ? Tone.Muted : Tone.Plain),
    ]) { Session = one };

    private static TopRow Blocked(BlockedRow row) => new(row.Session.Key,
    [
        new Cell(new string(' ', row.Depth * 2) + (row.Depth > 0 ? "└ " : "") + (row.Session.Pid == 0 ? "prepared" : TopText.Number(row.Session.Pid)), row.Depth == 0 ? Tone.Bad : Tone.Plain),
        row.Behind == 0 ? "" : TopText.Number(row.Behind), row.Session.User, row.Session.Database, new Cell(row.Session.State, StateTone(row.Session)), Waits(row.Session), TopText.Age(row.Session.TransactionSeconds),
        TopText.Line(row.Session.Statement),
    ]) { Session = row.Session.StartedAt == default ? null : row.Session };

    private static TopRow Query(TopQuery one) => new(one.Key,
    [
        TopText.Decimal(one.Load), TopText.Decimal(one.CallsPerSecond), TopText.Decimal(one.MeanMilliseconds), TopText.Decimal(one.RowsPerCall), TopText.Decimal(one.BlocksReadPerSecond), one.Database, one.User,
        one.Text is { } text ? TopText.Line(text) : new Cell("text not read yet", Tone.Muted),
    ]) { Query = one };

    private static IEnumerable<TopRow> Replication(TopReading reading)
    {
        if (reading.Following is { } following)
        {
            yield return new TopRow("standby",
                ["standby", "this server", "", new Cell(following.IsStreaming ? "streaming" : "cut off", following.IsStreaming ? Tone.Good : Tone.Bad), "", TopText.Age(following.LagSeconds), following.IsPaused ? new Cell("replay is paused", Tone.Warning) : ""]);
        }

        foreach (var one in reading.Standbys.OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Address, StringComparer.Ordinal))
            yield return new TopRow($"sender/{one.Name}/{one.Address}", ["receiver", one.Name, one.Address, new Cell(one.State, one.State == "streaming" ? Tone.Good : Tone.Warning), TopText.Bytes(one.BehindBytes), TopText.Age(one.ReplaySeconds), one.IsSync ? "commits wait for it" : ""]);
        foreach (var one in reading.Slots.OrderBy(one => one.Name, StringComparer.Ordinal))
            yield return new TopRow("slot/" + one.Name, [one.Type + " slot", one.Name, "", one.IsActive ? "read" : new Cell("nobody reads it", Tone.Warning), TopText.Bytes(one.KeptBytes), "", new Cell(one.WalStatus is "" or "reserved" ? "" : "WAL " + one.WalStatus, Tone.Warning)]);
    }

    private static TopRow Pool(TopPool one) => new($"{one.Database}/{one.User}",
    [
        one.Database, one.User, TopText.Number(one.ClientsActive), new Cell(TopText.Number(one.ClientsWaiting), one.ClientsWaiting > 0 ? Tone.Warning : Tone.Plain), TopText.Number(one.ServersActive), TopText.Number(one.ServersIdle), TopText.Age(one.LongestWaitSeconds),
    ]);

    private static string QueriesEmpty(TopReading reading) => reading switch
    {
        { QueriesMissing.Length: > 0 } => reading.QueriesMissing,
        { Queries: null } => "what statements cost shows from the second reading on",
        _ => "no statement has ended since the reading before",
    };

    private static string Waits(TopSession session) => session.Blockers.Count > 0 ? $"{session.Wait} by {string.Join(", ", session.Blockers.Distinct().Select(pid => pid == 0 ? "a prepared transaction" : TopText.Number(pid)))}" : session.Wait;

    private static Tone StateTone(TopSession session) => session.State switch
    {
        "active" => Tone.Good,
        "idle" => Tone.Muted,
        _ when session.State.StartsWith("idle in transaction", StringComparison.Ordinal) => Tone.Warning,
        _ => Tone.Plain,
    };
}
