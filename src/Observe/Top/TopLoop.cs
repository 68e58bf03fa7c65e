using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Screens;

namespace Lockkeeper.Observe.Top;

/// <summary>The live view: reads again and again, draws, and does what keys ask for. The server is asked for one thing at a time.</summary>
internal sealed class TopLoop(ITopSource source, SessionSignals signals, IScreen screen, TimeProvider clock)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim oneAtATime = new(1);

    /// <summary>Shows a target until somebody quits.</summary>
    public async Task RunAsync(TopState state, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reading = ReadAsync(TimeSpan.Zero, stop.Token);
        var key = screen.ReadAsync(stop.Token);
        Task<Func<TopState, TopState>>? asked = null;
        while (screen.IsOpen)
        {
            state = state with { Size = screen.Size, Now = clock.GetUtcNow() };
            screen.Draw(TopFrame.Of(state));
            // The tick shows that time passes when the server does not answer.
            await Task.WhenAny([reading, key, .. asked is null ? [] : new Task[] { asked }, Task.Delay(Tick, clock, stop.Token)]);
            cancel.ThrowIfCancellationRequested();
            if (reading.IsCompleted)
            {
                var change = await reading;
                state = state.IsPaused ? state : change(state);
                reading = ReadAsync(state.Every, stop.Token);
            }

            if (asked is { IsCompleted: true })
            {
                state = (await asked)(state);
                asked = null;
            }

            if (!key.IsCompleted)
                continue;
            if (await key is { } pressed)
            {
                (state, var action) = TopKeys.Press(state, pressed);
                if (action.Wish == TopWish.Quit)
                    break;
                if (action.Wish != TopWish.None)
                    (state, asked) = asked is null ? (state, AskAsync(action, stop.Token)) : (state with { Notice = "the server has not answered the question before yet" }, asked);
            }

            key = screen.ReadAsync(stop.Token);
        }

        // What is still under way ends with the connection.
        await stop.CancelAsync();
        await Task.WhenAll([reading, .. asked is null ? [] : new Task[] { asked }]).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task<Func<TopState, TopState>> ReadAsync(TimeSpan wait, CancellationToken cancel)
    {
        await Task.Delay(wait, clock, cancel);
        try
        {
            var reading = await OneAtATimeAsync(() => source.ReadAsync(cancel), cancel);
            return state => state with { Reading = reading, Trouble = "" };
        }
        catch (LockkeeperException e)
        {
            return state => state with { Trouble = $"{e.Code.Id}: {e.Message}" };
        }
    }

    private async Task<Func<TopState, TopState>> AskAsync(TopAction action, CancellationToken cancel)
    {
        try
        {
            return await OneAtATimeAsync(() => DoAsync(action, cancel), cancel);
        }
        catch (LockkeeperException e)
        {
            return state => state with { Notice = $"{e.Code.Id}: {e.Message}" };
        }
    }

    private async Task<Func<TopState, TopState>> DoAsync(TopAction action, CancellationToken cancel)
    {
        switch (action.Wish)
        {
            case TopWish.Inspect:
                var locks = await source.LocksAsync(action.Session!, cancel);
                return state => state with { Detail = new TopDetail($"session {TopText.Number(action.Session!.Pid)}", [.. Words(action.Session!), "", "locks", .. locks.Count == 0 ? ["none"] : locks]) };
            case TopWish.Explain:
                var statement = action.Session is { } session
                    ? new StatementToExplain(session.Statement, session.QueryId, session.Database, session.User)
                    : new StatementToExplain(action.Query!.Text ?? "", action.Query.QueryId, action.Query.Database, action.Query.User);
                var plan = await source.ExplainAsync(statement, cancel);
                return state => state with { Notice = "", Detail = new TopDetail("plan, not executed", [.. plan, "", .. statement.Text.Split('\n')]) };
            default:
                var answer = await signals.SendAsync(source, action.Kind, action.Session!, cancel);
                return state => state with { Notice = answer };
        }
    }

    private static IEnumerable<string> Words(TopSession session)
    {
        yield return $"{session.User} in {session.Database}, {(session.Application.Length > 0 ? session.Application : session.Kind)}{(session.Client.Length > 0 ? " from " + session.Client : "")}";
        yield return $"since {session.StartedAt.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)} UTC, {session.State}{(session.Wait.Length > 0 ? ", waits for " + session.Wait : "")}";
        if (session.TransactionSeconds is { } age)
            yield return $"its transaction is {TopText.Age(age)} old";
        yield return "";
        foreach (var line in session.Statement.Split('\n'))
            yield return line.TrimEnd('\r');
    }

    private async Task<T> OneAtATimeAsync<T>(Func<Task<T>> work, CancellationToken cancel)
    {
        await oneAtATime.WaitAsync(cancel);
        try
        {
            return await work();
        }
        finally
        {
            oneAtATime.Release();
        }
    }
}
