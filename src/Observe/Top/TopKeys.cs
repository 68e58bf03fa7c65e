using Lockkeeper.Kernel.Screens;

namespace Lockkeeper.Observe.Top;

/// <summary>What a key asks for beyond another picture.</summary>
internal enum TopWish
{
    None,
    Quit,
    Inspect,
    Explain,
    Signal,
}

/// <summary>What a key asks for.</summary>
/// <param name="Wish">What.</param>
/// <param name="Session">Of which session.</param>
/// <param name="Query">Or of which statement.</param>
/// <param name="Kind">How the session is stopped.</param>
internal sealed record TopAction(TopWish Wish, TopSession? Session = null, TopQuery? Query = null, SignalKind Kind = SignalKind.Cancel)
{
    public static TopAction None { get; } = new(TopWish.None);
}

/// <summary>What a key does: a pure function.</summary>
internal static class TopKeys
{
    public static (TopState State, TopAction Action) Press(TopState before, KeyPress key)
    {
        var state = before with { Notice = "" };
        if (state.Question is { } question)
            return Answer(state, question, key);
        if (state.IsFiltering)
            return (Filter(state, key), TopAction.None);
        var rows = TopRows.Of(state);
        if (state.Detail is { } detail && Scroll(state, detail, key) is { } scrolled)
            return (scrolled, TopAction.None);
        return key.Name == KeyName.Text ? Letter(state, rows, key.Text) : (Move(state, rows, key.Name, out var action), action);
    }

    private static (TopState, TopAction) Letter(TopState state, TopRows rows, string letter)
    {
        var row = rows.Rows.Count > 0 ? rows.Rows[rows.Selected(state)] : null;
        // From here on it is this row, wherever it moves to.
        var held = row is null ? state : state with { Selected = row.Key };
        return letter switch
        {
            "q" => (state, new TopAction(TopWish.Quit)),
            "1" or "2" or "3" or "4" or "5" => (state with { View = (TopView)(letter[0] - '1'), Selected = null, Detail = null }, TopAction.None),
            "j" => (Move(state, rows, KeyName.Down, out _), TopAction.None),
            "k" => (Move(state, rows, KeyName.Up, out _), TopAction.None),
            "s" => (Sort(state), TopAction.None),
            "r" => (state with { IsReversed = !state.IsReversed }, TopAction.None),
            "/" => (state with { IsFiltering = true, Detail = null }, TopAction.None),
            " " or "p" => (state with { IsPaused = !state.IsPaused }, TopAction.None),
            "?" or "h" => (state with { Detail = TopHelp.Detail }, TopAction.None),
            "i" => Inspect(held, row),
            "e" when row?.Session is not null || row?.Query is not null => (held with { Notice = "asking for the plan" }, new TopAction(TopWish.Explain, row.Session, row.Query)),
            "c" when row?.Session is { State: not ("active" or "fastpath function call") } idle => (held with { Notice = $"{idle.Pid} runs no statement that could be cancelled; t ends the session" }, TopAction.None),
            "c" or "t" when row?.Session is { } session => (held with { Question = new TopQuestion(letter == "c" ? SignalKind.Cancel : SignalKind.Terminate, session) }, TopAction.None),
            "c" or "t" or "e" => (state with { Notice = "no session is selected here" }, TopAction.None),
            _ => (state, TopAction.None),
        };
    }

    private static TopState Move(TopState state, TopRows rows, KeyName key, out TopAction action)
    {
        action = TopAction.None;
        var at = rows.Selected(state);
        var page = Math.Max(1, TopFrame.RoomForRows(state.Size) - 1);
        switch (key)
        {
            case KeyName.Tab: return state with { View = (TopView)(((int)state.View + 1) % 5), Selected = null, Detail = null };
            case KeyName.Escape: return state.Detail is not null ? state with { Detail = null } : state with { Filter = "" };
            case KeyName.Enter:
                var (inspected, wish) = Inspect(state, rows.Rows.Count > 0 ? rows.Rows[at] : null);
                action = wish;
                return inspected;
        }

        at = key switch
        {
            KeyName.Up => at - 1,
            KeyName.Down => at + 1,
            KeyName.PageUp => at - page,
            KeyName.PageDown => at + page,
            KeyName.Home => 0,
            KeyName.End => rows.Rows.Count - 1,
            _ => at,
        };
        return rows.Rows.Count == 0 ? state : state with { Selected = rows.Rows[Math.Clamp(at, 0, rows.Rows.Count - 1)].Key };
    }

    private static (TopState, TopAction) Inspect(TopState state, TopRow? row) => row switch
    {
        { Session: { } session } => (state with { Selected = row.Key }, new TopAction(TopWish.Inspect, session)),
        { Query: { } query } => (state with { Selected = row.Key, Detail = new TopDetail("statement " + query.QueryId.ToString(System.Globalization.CultureInfo.InvariantCulture), (query.Text ?? "its text was not read yet").Split('\n')) }, TopAction.None),
        _ => (state, TopAction.None),
    };

    private static TopState? Scroll(TopState state, TopDetail detail, KeyPress key)
    {
        var page = Math.Max(1, TopFrame.RoomForRows(state.Size) - 1);
        var count = TopFrame.Wrapped(detail, state.Size).Count;
        int? to = key.Name switch
        {
            KeyName.Up => detail.Scroll - 1,
            KeyName.Down => detail.Scroll + 1,
            KeyName.PageUp => detail.Scroll - page,
            KeyName.PageDown => detail.Scroll + page,
            KeyName.Home => 0,
            KeyName.End => count,
            KeyName.Enter => detail.Scroll,
            _ => null,
        };
        return to is { } line ? state with { Detail = detail with { Scroll = Math.Clamp(line, 0, Math.Max(0, count - 1)) } } : null;
    }

    private static TopState Sort(TopState state) => state.View switch
    {
        TopView.Sessions => state with { SessionOrder = (SessionOrder)(((int)state.SessionOrder + 1) % 6) },
        TopView.Queries => state with { QueryOrder = (QueryOrder)(((int)state.QueryOrder + 1) % 5) },
        _ => state,
    };

    private static TopState Filter(TopState state, KeyPress key) => key.Name switch
    {
        KeyName.Enter => state with { IsFiltering = false },
        KeyName.Escape => state with { IsFiltering = false, Filter = "" },
        KeyName.Backspace => state with { Filter = state.Filter.Length > 0 ? state.Filter[..^(char.IsLowSurrogate(state.Filter[^1]) && state.Filter.Length > 1 ? 2 : 1)] : "" },
        KeyName.Text => state with { Filter = state.Filter + key.Text },
        _ => state,
    };

    /// <summary>The second answer is another key than the first: one that repeats itself does not stop a session.</summary>
    private static (TopState, TopAction) Answer(TopState state, TopQuestion question, KeyPress key)
    {
        if (!question.IsSecond && key is { Name: KeyName.Text, Text: "y" })
            return (state with { Question = question with { IsSecond = true } }, TopAction.None);
        if (question.IsSecond && key is { Name: KeyName.Text, Text: "y" })
            return (state, TopAction.None);
        if (question.IsSecond && key.Name == KeyName.Enter)
            return (state with { Question = null, Notice = $"telling the session {question.Session.Pid}" }, new TopAction(TopWish.Signal, question.Session, Kind: question.Kind));
        return (state with { Question = null, Notice = "nothing was done" }, TopAction.None);
    }
}
