using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Plans;

public sealed class PlanRunnerTests
{
    private readonly ScriptedExecutor executor = new();
    private readonly List<StepResult> heard = [];

    [Fact]
    public async Task a_dry_run_calls_nothing_and_says_nothing()
    {
        var result = await RunAsync(PlanOf("1", "2"), RunMode.Dry, undoOnFailure: true);
        result.Steps.ShouldAllBe(step => step.State == StepState.Planned);
        result.Error.ShouldBeNull();
        result.LeftTraces.ShouldBeFalse();
        executor.Calls.ShouldBeEmpty();
        heard.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_real_run_does_every_step_in_order_and_each_is_heard_of()
    {
        var result = await RunAsync(PlanOf("1", "2", "3"));
        States(result).ShouldBe([StepState.Done, StepState.Done, StepState.Done]);
        executor.Calls.ShouldBe(["do 1", "do 2", "do 3"]);
        heard.Select(step => step.Step.Id).ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public async Task an_empty_plan_is_done() => (await RunAsync(PlanOf())).Error.ShouldBeNull();

    [Fact]
    public async Task a_failure_stops_the_run_and_what_was_done_stays()
    {
        executor.Doing["2"] = Behaviour.Fails;
        var result = await RunAsync(PlanOf("1", "2", "3"), undoOnFailure: false);
        States(result).ShouldBe([StepState.Done, StepState.Failed, StepState.NotReached]);
        result.Error!.Message.ShouldBe("do 2 failed");
        result.LeftTraces.ShouldBeTrue();
        executor.Calls.ShouldBe(["do 1", "do 2"]);
    }

    [Fact]
    public async Task a_failure_of_the_first_step_leaves_no_traces()
    {
        executor.Doing["1"] = Behaviour.Fails;
        (await RunAsync(PlanOf("1", "2"))).LeftTraces.ShouldBeFalse();
    }

    [Fact]
    public async Task done_steps_are_undone_last_first()
    {
        executor.Doing["3"] = Behaviour.Fails;
        var result = await RunAsync(PlanOf("1", "2", "3"));
        States(result).ShouldBe([StepState.Undone, StepState.Undone, StepState.Failed]);
        executor.Calls.ShouldBe(["do 1", "do 2", "do 3", "undo 2", "undo 1"]);
        result.LeftTraces.ShouldBeFalse();
        result.Error!.Message.ShouldBe("do 3 failed");
    }

    [Fact]
    public async Task one_step_without_a_way_back_keeps_everything_in_place()
    {
        executor.Doing["3"] = Behaviour.Fails;
        var result = await RunAsync(PlanOf("1", "2!", "3"));
        States(result).ShouldBe([StepState.Done, StepState.Done, StepState.Failed]);
        executor.Calls.ShouldNotContain(call => call.StartsWith("undo"));
    }

    [Fact]
    public async Task a_step_that_is_half_in_place_keeps_everything_in_place()
    {
        executor.Doing["2"] = Behaviour.FailsPartly;
        var result = await RunAsync(PlanOf("1", "2", "3"));
        States(result).ShouldBe([StepState.Done, StepState.PartlyDone, StepState.NotReached]);
        result.LeftTraces.ShouldBeTrue();
    }

    [Fact]
    public async Task an_undo_that_fails_stops_the_undoing_and_the_first_error_is_the_answer()
    {
        executor.Doing["3"] = Behaviour.Fails;
        executor.Undoing["2"] = Behaviour.Fails;
        var result = await RunAsync(PlanOf("1", "2", "3"));
        States(result).ShouldBe([StepState.Done, StepState.UndoFailed, StepState.Failed]);
        executor.Calls.ShouldBe(["do 1", "do 2", "do 3", "undo 2"]);
        result.Error!.Message.ShouldBe("do 3 failed");
        result.Steps[1].Error!.Message.ShouldBe("undo 2 failed");
        result.LeftTraces.ShouldBeTrue();
    }

    [Fact]
    public async Task cancelling_between_two_steps_starts_no_further_one_and_undoes_what_was_done()
    {
        using var cancel = new CancellationTokenSource();
        var runner = new PlanRunner(
            executor,
            result =>
            {
                if (result.Step.Id == "2")
                    cancel.Cancel();
                return Task.CompletedTask;
            },
            TimeProvider.System);
        var result = await runner.RunAsync(PlanOf("1", "2", "3"), RunMode.Real, undoOnFailure: true, cancel.Token);
        States(result).ShouldBe([StepState.Undone, StepState.Undone, StepState.NotReached]);
        result.Error!.Code.ShouldBe(KernelErrors.Cancelled);
        result.Error.Message.ShouldBe("cancelled before step 3 was started");
    }

    [Fact]
    public async Task cancelling_inside_a_step_fails_it()
    {
        using var cancel = new CancellationTokenSource();
        executor.Before = call =>
        {
            if (call == "do 2")
                cancel.Cancel();
        };
        var result = await new PlanRunner(executor, _ => Task.CompletedTask, TimeProvider.System).RunAsync(PlanOf("1", "2"), RunMode.Real, false, cancel.Token);
        States(result).ShouldBe([StepState.Done, StepState.Failed]);
        result.Error!.Message.ShouldBe("cancelled while step 2 ran; it left nothing behind");
    }

    [Fact]
    public async Task an_exception_that_nobody_foresaw_is_reported_with_what_is_in_place()
    {
        executor.Doing["2"] = Behaviour.Crashes;
        var result = await RunAsync(PlanOf("1", "2"));
        States(result).ShouldBe([StepState.Done, StepState.PartlyDone]);
        result.Error!.Code.ShouldBe(KernelErrors.Internal);
        result.Error.Message.ShouldBe("unexpected InvalidOperationException: a bug");
    }

    [Fact]
    public async Task a_step_that_nobody_could_write_down_ends_the_run_and_is_reported_as_in_place()
    {
        var runner = new PlanRunner(
            executor,
            result => result.Step.Id == "2" ? throw new LockkeeperException(KernelErrors.Internal, "the disk is full") : Task.CompletedTask,
            TimeProvider.System);
        var result = await runner.RunAsync(PlanOf("1", "2", "3"), RunMode.Real, undoOnFailure: false, CancellationToken.None);
        States(result).ShouldBe([StepState.Done, StepState.Done, StepState.NotReached]);
        result.Error!.Message.ShouldBe("the disk is full");
        result.LeftTraces.ShouldBeTrue();
    }

    [Fact]
    public void in_every_run_the_report_says_what_is_in_place() => Check.One(
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(ArbMap.Default.ArbFor<(bool UndoOnFailure, (Behaviour Do, Behaviour Undo, bool HasUndo)[] Steps)>(), input =>
        {
            // A model of the target: which steps have an effect on it, told by what was called and how it behaved.
            var scripted = new ScriptedExecutor();
            var names = input.Steps.Select((step, i) => $"{i}{(step.HasUndo ? "" : "!")}").ToArray();
            foreach (var (name, step) in names.Zip(input.Steps))
            {
                scripted.Doing[name] = step.Do;
                scripted.Undoing[name] = step.Undo;
            }

            var result = new PlanRunner(scripted, _ => Task.CompletedTask, TimeProvider.System)
                .RunAsync(PlanOf(names), RunMode.Real, input.UndoOnFailure, CancellationToken.None).GetAwaiter().GetResult();
            var inPlace = new HashSet<string>();
            foreach (var call in scripted.Calls.Select(call => call.Split(' ')))
            {
                if (call[0] == "do" && scripted.Doing[call[1]] != Behaviour.Fails)
                    inPlace.Add(call[1]);
                if (call[0] == "undo" && scripted.Undoing[call[1]] == Behaviour.Works)
                    inPlace.Remove(call[1]);
            }

            var reported = result.Steps.Where(step => step.State is StepState.Done or StepState.PartlyDone or StepState.UndoFailed).Select(step => step.Step.Id);
            var failed = names.Zip(input.Steps).Any(pair => pair.Second.Do != Behaviour.Works);
            return inPlace.SetEquals(reported) && result.LeftTraces == (inPlace.Count > 0) && failed == (result.Error is not null)
                && (input.UndoOnFailure || scripted.Calls.All(call => call.StartsWith("do", StringComparison.Ordinal)));
        }));

    private Task<PlanResult> RunAsync(Plan plan, RunMode mode = RunMode.Real, bool undoOnFailure = true) =>
        new PlanRunner(
            executor,
            result =>
            {
                heard.Add(result);
                return Task.CompletedTask;
            },
            TimeProvider.System).RunAsync(plan, mode, undoOnFailure, CancellationToken.None);

    private static StepState[] States(PlanResult result) => [.. result.Steps.Select(step => step.State)];

    /// <summary>A plan of steps by id; an id that ends with "!" has no way back.</summary>
    private static Plan PlanOf(params string[] ids) => new(
        "sample", "dev", "shop",
        [.. ids.Select(id => new Step(id, $"step {id}", $"do {id}", id.EndsWith('!') ? Undo.None : new Undo(UndoKind.Written, $"undo {id}"), Impact.None))]);
}
