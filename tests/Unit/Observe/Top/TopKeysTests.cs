using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Kernel.Screens;
using Lockkeeper.Observe.Top;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Top;

public sealed class TopKeysTests
{
    [Fact]
    public void the_selection_stays_with_its_session_wherever_that_moves_to()
    {
        var (state, _) = Press(SampleServer.State(), "j", "j");
        var selected = state.Selected;
        selected.ShouldNotBeNull();
        var sorted = Press(state, "s", "s", "r").State;
        sorted.SessionOrder.ShouldBe(SessionOrder.State);
        TopRows.Of(sorted).Rows[TopRows.Of(sorted).Selected(sorted)].Key.ShouldBe(selected);
    }

    [Fact]
    public void a_session_is_stopped_after_two_different_answers_and_it_is_the_one_that_was_shown()
    {
        var filtered = Press(SampleServer.State(), "/", "4", "7", "1", "2", "enter").State;
        var asked = Press(filtered, "t").State;
        asked.Question!.Session.Pid.ShouldBe(4712);
        // Meanwhile the server has moved on: another session has that number.
        var later = asked with { Reading = SampleServer.Reading with { Sessions = [SampleServer.Session(4712, "other", "shop", "active", 1) with { Blockers = [1] }] } };
        Press(later, "y", "y", "y").Action.Wish.ShouldBe(TopWish.None);
        var (done, action) = Press(later, "y", "enter");
        action.ShouldBe(new TopAction(TopWish.Signal, SampleServer.Reading.Sessions[1], Kind: SignalKind.Terminate));
        done.Question.ShouldBeNull();
        Press(later, "n").Action.Wish.ShouldBe(TopWish.None);
        Press(later, "enter").Action.Wish.ShouldBe(TopWish.None, "the first question wants a y");
    }

    [Fact]
    public void what_runs_nothing_has_nothing_to_cancel()
    {
        var state = Press(SampleServer.State(), "/", "c", "h", "e", "c", "k", "o", "u", "t", "enter", "c").State;
        state.Question.ShouldBeNull();
        state.Notice.ShouldBe("4711 runs no statement that could be cancelled; t ends the session");
    }

    [Fact]
    public void what_is_typed_into_the_filter_is_no_command()
    {
        var (state, action) = Press(SampleServer.State(), "/", "q", "t", "backspace");
        (state.Filter, state.IsFiltering, action.Wish).ShouldBe(("q", true, TopWish.None));
        Press(state, "escape").State.Filter.ShouldBe("");
    }

    [Fact]
    public void no_keys_in_any_order_fail_or_stop_a_session_without_the_two_answers()
    {
        string[] keys = ["q", "1", "2", "3", "4", "5", "s", "r", "/", "c", "t", "y", "e", "i", "?", "p", "x", "enter", "escape", "backspace", "tab", "up", "down", "pageup", "pagedown", "home", "end"];
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Gen.Elements(keys).ListOf().ToArbitrary(), pressed =>
        {
            var state = SampleServer.State();
            var before = new List<string>();
            foreach (var key in pressed)
            {
                (state, var action) = TopKeys.Press(state, Key(key));
                TopFrame.Of(state).Count.ShouldBe(state.Size.Rows);
                if (action.Wish == TopWish.Signal)
                    before.Concat([key]).TakeLast(3).Skip(1).First().ShouldBe("y");
                before.Add(key);
            }
        }));
    }

    private static (TopState State, TopAction Action) Press(TopState state, params string[] keys)
    {
        var action = TopAction.None;
        foreach (var key in keys)
            (state, action) = TopKeys.Press(state, Key(key));
        return (state, action);
    }

    private static KeyPress Key(string key) => key.Length > 1 ? new KeyPress(Enum.Parse<KeyName>(key, ignoreCase: true)) : new KeyPress(KeyName.Text, key);
}
