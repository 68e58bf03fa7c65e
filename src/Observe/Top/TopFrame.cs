using System.Globalization;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Screens;

namespace Lockkeeper.Observe.Top;

/// <summary>Draws: a pure function from what is known to lines.</summary>
internal static class TopFrame
{
    private const int LinesAbove = 4;
    private const int LinesBelow = 2;
    private const int NarrowestText = 16;

    /// <summary>How many rows a view has room for, below its titles.</summary>
    public static int RoomForRows(ScreenSize size) => Math.Max(1, size.Rows - LinesAbove - LinesBelow);

    /// <summary>What a server is, and how many do what.</summary>
    public static IReadOnlyList<ScreenLine> Summary(TopState state) => [Server(state), Counts(state)];

    public static IReadOnlyList<ScreenLine> Of(TopState state)
    {
        var lines = new List<ScreenLine>([.. Summary(state), Views(state)]);
        var body = state.Detail is { } detail ? Detail(detail, state.Size) : Rows(state);
        lines.AddRange(body.Take(Math.Max(1, state.Size.Rows - LinesBelow - lines.Count)));
        while (lines.Count < state.Size.Rows - LinesBelow)
            lines.Add(ScreenLine.Of(""));
        lines.Add(Message(state));
        lines.Add(ScreenLine.Of(Below(state), Tone.Muted));
        return [.. lines.Take(state.Size.Rows)];
    }

    /// <summary>The lines of a text as they fit the screen.</summary>
    public static IReadOnlyList<string> Wrapped(TopDetail detail, ScreenSize size) =>
        [.. detail.Lines.SelectMany(line => TextWidth.Wrap(line.Replace("\t", "    ", StringComparison.Ordinal), Math.Max(10, size.Columns)))];

    private static ScreenLine Server(TopState state)
    {
        if (state.Reading is not { } reading)
            return new ScreenLine([new Cell(state.Target, Tone.Strong), new Cell("  not read yet", Tone.Muted)]);
        var age = state.Now - reading.At;
        // A second over the interval is the time that reading takes; past it somebody should know.
        var late = age > state.Every + TimeSpan.FromSeconds(3) && !state.IsPaused;
        return new ScreenLine(
        [
            new Cell(state.Target, Tone.Strong), new Cell($"  PostgreSQL {reading.Version}, "), reading.IsStandby ? new Cell("standby", Tone.Warning) : new Cell("primary"),
            new Cell($", up {TopText.Age((reading.At - reading.StartedAt).TotalSeconds)}"),
            new Cell($"  {reading.At.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} UTC, every {Durations.Words(state.Every)}", Tone.Muted),
            new Cell(state.IsPaused ? "  held" : late ? $"  no answer for {TopText.Age(age.TotalSeconds)}" : "", late ? Tone.Bad : Tone.Warning),
        ]);
    }

    private static ScreenLine Counts(TopState state)
    {
        if (state.Reading is not { } reading)
            return ScreenLine.Of("");
        var clients = reading.Sessions.Where(one => one.Kind == "client backend").ToList();
        var waiting = reading.Sessions.Count(one => one.Blockers.Count > 0);
        var idle = clients.Count(one => one.State.StartsWith("idle in transaction", StringComparison.Ordinal));
        return new ScreenLine(
        [
            new Cell($"{Plural.Of(clients.Count, "session")} of {reading.MaxConnections.ToString(CultureInfo.InvariantCulture)}: {clients.Count(one => one.State == "active").ToString(CultureInfo.InvariantCulture)} active, "),
            new Cell($"{TopText.Number(waiting)} waiting for locks", waiting > 0 ? Tone.Bad : Tone.Plain), new Cell(", "), new Cell($"{TopText.Number(idle)} idle in transaction", idle > 0 ? Tone.Warning : Tone.Plain),
            new Cell(reading.Following is { } following ? $"  lag {TopText.Age(following.LagSeconds)}" : reading.Standbys.Count > 0 ? $"  {Plural.Of(reading.Standbys.Count, "receiver")} of WAL" : ""),
        ]);
    }

    private static ScreenLine Views(TopState state)
    {
        var parts = new List<Cell>();
        string[] names = ["sessions", "blocking", "queries", "replication", "pools"];
        for (var i = 0; i < names.Length; i++)
            parts.Add(new Cell((int)state.View == i ? $"[{i + 1} {names[i]}] " : $" {i + 1} {names[i]}  ", (int)state.View == i ? Tone.Strong : Tone.Muted));
        var order = state.View switch { TopView.Sessions => state.SessionOrder.ToString().ToLowerInvariant(), TopView.Queries => state.QueryOrder.ToString().ToLowerInvariant(), _ => "" };
        if (order.Length > 0)
            parts.Add(new Cell($" by {order}{(state.IsReversed ? ", reversed" : "")}", Tone.Muted));
        if (state.Filter.Length > 0)
            parts.Add(new Cell($"  with '{state.Filter}'", Tone.Warning));
        return new ScreenLine(parts);
    }

    private static IEnumerable<ScreenLine> Rows(TopState state)
    {
        var table = TopRows.Of(state);
        if (table.Rows.Count == 0)
            return [ScreenLine.Of(""), ScreenLine.Of(state.Reading is null ? "" : state.Filter.Length > 0 ? "nothing with this text" : table.WhenEmpty, Tone.Muted)];
        var widths = Widths(table, state.Size.Columns);
        var selected = table.Selected(state);
        var room = RoomForRows(state.Size);
        var first = Math.Clamp(selected - room + 1, 0, Math.Max(0, table.Rows.Count - room));
        return [Titles(table.Columns, widths), .. table.Rows.Skip(first).Take(room).Select((row, i) => Row(table.Columns, widths, row, first + i == selected))];
    }

    private static ScreenLine Titles(IReadOnlyList<TopColumn> columns, int[] widths) => new([.. columns.Select((column, i) => new Cell(Place(column, column.Title, widths[i], i == columns.Count - 1), Tone.Muted))]);

    private static ScreenLine Row(IReadOnlyList<TopColumn> columns, int[] widths, TopRow row, bool isSelected) =>
        new([.. row.Cells.Select((cell, i) => cell with { Text = Place(columns[i], cell.Text, widths[i], i == columns.Count - 1) })], isSelected);

    /// <summary>A value with the gap behind it; a column without room is left out.</summary>
    private static string Place(TopColumn column, string text, int width, bool isLast)
    {
        if (width == 0)
            return "";
        if (isLast)
            return TextWidth.Fit(text, width).TrimEnd(' ');
        var fitted = TextWidth.Fit(text, width);
        return column.IsNumber && TextWidth.Of(text) < width ? new string(' ', width - TextWidth.Of(text)) + text + "  " : fitted + "  ";
    }

    /// <summary>Each as wide as its values, within its most; the text gets what is left. What does not fit beside a readable text goes, from the right.</summary>
    private static int[] Widths(TopRows table, int columns)
    {
        var widths = table.Columns.Select((column, i) => column.Most == 0 ? 0 : Math.Min(column.Most, table.Rows.Max(row => TextWidth.Of(row.Cells[i].Text) is var width && width > TextWidth.Of(column.Title) ? width : TextWidth.Of(column.Title)))).ToArray();
        var last = table.Columns.Count - 1;
        for (var i = last - 1; i > 0 && columns - widths.Sum(width => width == 0 ? 0 : width + 2) < NarrowestText; i--)
            widths[i] = 0;
        widths[last] = Math.Max(1, columns - widths.Sum(width => width == 0 ? 0 : width + 2));
        return widths;
    }

    private static IEnumerable<ScreenLine> Detail(TopDetail detail, ScreenSize size)
    {
        yield return ScreenLine.Of(detail.Title, Tone.Strong);
        foreach (var line in Wrapped(detail, size).Skip(detail.Scroll))
            yield return ScreenLine.Of(line);
    }

    private static ScreenLine Message(TopState state)
    {
        if (state.Question is { } question)
        {
            var what = question.Kind == SignalKind.Cancel ? "cancel the statement of" : "end the session";
            var session = $"{question.Session.Pid} ({question.Session.User} in {question.Session.Database}): {TopText.Line(question.Session.Statement)}";
            return ScreenLine.Of(question.IsSecond ? $"really? it is recorded in the ledger as done by {state.Actor}. enter: {what} {session}" : $"{what} {session}", Tone.Warning);
        }

        return state.IsFiltering ? ScreenLine.Of($"filter: {state.Filter}_") : state.Trouble.Length > 0 ? ScreenLine.Of(state.Trouble, Tone.Bad) : ScreenLine.Of(state.Notice);
    }

    private static string Below(TopState state) => state switch
    {
        { Question.IsSecond: true } => "enter: yes   any other key: no",
        { Question: not null } => "y: yes   any other key: no",
        { IsFiltering: true } => "enter: keep it   escape: take it away",
        { Detail: not null } => "escape: back   up down: scroll   q quit",
        _ => TopHelp.Short,
    };
}
