using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Plans;

/// <summary>What became of a step.</summary>
public enum StepState
{
    /// <summary>It would run: this was a dry run.</summary>
    Planned,

    /// <summary>It ran and is in place.</summary>
    Done,

    /// <summary>It failed and left nothing behind.</summary>
    Failed,

    /// <summary>It failed after a part of it had taken effect.</summary>
    PartlyDone,

    /// <summary>It ran and was undone again.</summary>
    Undone,

    /// <summary>It ran, and undoing it failed: it is in place.</summary>
    UndoFailed,

    /// <summary>It was not reached.</summary>
    NotReached,

    /// <summary>It did not run and is left for the next run, as its author wants it.</summary>
    Left,
}

/// <summary>A step with what became of it.</summary>
/// <param name="Step">The step.</param>
/// <param name="State">What became of it.</param>
/// <param name="Duration">How long it took, retries included.</param>
/// <param name="Error">Why it failed, or null.</param>
public sealed record StepResult(Step Step, StepState State, TimeSpan Duration, LockkeeperException? Error = null);

/// <summary>How a plan ended.</summary>
/// <param name="Steps">All steps with what became of them.</param>
/// <param name="Error">Why it stopped, or null.</param>
public sealed record PlanResult(IReadOnlyList<StepResult> Steps, LockkeeperException? Error)
{
    /// <summary>Whether anything that this run did is in place.</summary>
    public bool LeftTraces => Steps.Any(step => step.State is StepState.Done or StepState.PartlyDone or StepState.UndoFailed);
}

/// <summary>Carries out steps; a duty's port to its engine.</summary>
public interface IStepExecutor
{
    /// <summary>Does the step and records it where the target keeps its history.</summary>
    /// <param name="step">The step.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="StepFailedException">It failed.</exception>
    /// <exception cref="StepLeftException">It is left for the next run.</exception>
    Task DoAsync(Step step, CancellationToken cancel);

    /// <summary>Undoes a step that was done.</summary>
    /// <param name="step">The step.</param>
    /// <param name="cancel">Stops it.</param>
    Task UndoAsync(Step step, CancellationToken cancel);

    /// <summary>How many steps, from one on, it would do in one go because that is faster; 1 for each by itself.</summary>
    /// <param name="steps">All steps.</param>
    /// <param name="from">The next one.</param>
    int Together(IReadOnlyList<Step> steps, int from) => 1;

    /// <summary>
    /// Does several steps in one go, in order, each as whole as by itself. The first that fails leaves nothing behind, and none after it is
    /// started: it is then done by itself, which says why it failed.
    /// </summary>
    /// <param name="steps">As many as <see cref="Together"/> said.</param>
    /// <param name="cancel">Stops them.</param>
    /// <exception cref="StepFailedException">Nobody can say what is in place.</exception>
    Task<DoneTogether> DoTogetherAsync(IReadOnlyList<Step> steps, CancellationToken cancel) => throw new NotSupportedException();
}

/// <summary>What became of steps that were done in one go.</summary>
/// <param name="Durations">How long each took of those that are in place: the first ones, perhaps none.</param>
/// <param name="Error">Why the next one failed when doing it again would be wrong, as after a lost connection; null to do it by itself.</param>
public sealed record DoneTogether(IReadOnlyList<TimeSpan> Durations, LockkeeperException? Error);

/// <summary>A step that failed, with whether it left something behind.</summary>
/// <param name="error">What went wrong.</param>
/// <param name="leftTraces">Whether a part of it took effect.</param>
public sealed class StepFailedException(LockkeeperException error, bool leftTraces) : Exception(error.Message, error)
{
    /// <summary>What went wrong.</summary>
    public LockkeeperException Error { get; } = error;

    /// <summary>Whether a part of it took effect.</summary>
    public bool LeftTraces { get; } = leftTraces;
}

/// <summary>A step that did not run and left nothing behind, as its author wants it in this case: the run goes on without it.</summary>
/// <param name="why">Why, for people.</param>
public sealed class StepLeftException(string why) : Exception(why);

/// <summary>How to run a plan.</summary>
public enum RunMode
{
    /// <summary>Walk through the plan and do nothing.</summary>
    Dry,

    /// <summary>Do it.</summary>
    Real,
}

/// <summary>Hears what happens to each step, for progress and the ledger.</summary>
/// <param name="result">The step and its state.</param>
public delegate Task StepListener(StepResult result);

/// <summary>Runs plans: the one runner for dry and real runs of every duty.</summary>
/// <param name="executor">Carries out the steps.</param>
/// <param name="listener">Hears of each step.</param>
/// <param name="clock">Measures durations.</param>
public sealed class PlanRunner(IStepExecutor executor, StepListener listener, TimeProvider clock)
{
    /// <summary>Runs the plan up to its end or first failure.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="mode">Dry or real.</param>
    /// <param name="undoOnFailure">Undo what was done when a step fails; done only when every done step has an undo.</param>
    /// <param name="cancel">Stops between and inside steps.</param>
    public async Task<PlanResult> RunAsync(Plan plan, RunMode mode, bool undoOnFailure, CancellationToken cancel)
    {
        var results = plan.Steps.Select(step => new StepResult(step, mode == RunMode.Dry ? StepState.Planned : StepState.NotReached, default)).ToArray();
        if (mode == RunMode.Dry)
            return new PlanResult(results, null);

        for (var i = 0; i < results.Length;)
        {
            if (cancel.IsCancellationRequested)
                return await EndAsync(results, Cancelled($"cancelled before step {results[i].Step.Id} was started"), undoOnFailure);
            var done = await DoSomeAsync(plan.Steps, i, cancel);
            done.CopyTo(results, i);
            LockkeeperException? error = null;
            foreach (var result in done)
                error ??= await HeardAsync(result);
            if (error is not null)
                return await EndAsync(results, error, undoOnFailure);
            i += done.Count;
        }

        return new PlanResult(results, null);
    }

    /// <summary>Undoes the done steps of a finished run, last first: all of them, or none when one has no way back.</summary>
    /// <param name="results">The run's steps; the states are replaced.</param>
    /// <param name="cancel">Stops between and inside steps; what was not undone then stays done.</param>
    /// <returns>Whether everything was undone.</returns>
    public async Task<bool> UndoAsync(StepResult[] results, CancellationToken cancel)
    {
        if (results.Any(result => result.State == StepState.PartlyDone || (result.State == StepState.Done && result.Step.Undo.Kind == UndoKind.None)))
            return false;

        for (var i = results.Length - 1; i >= 0; i--)
        {
            if (results[i].State != StepState.Done)
                continue;
            if (cancel.IsCancellationRequested)
                return false;
            results[i] = await UndoAsync(results[i].Step, cancel);
            // An entry that cannot be written must not leave the way back half gone.
            await HeardAsync(results[i]);
            if (results[i].State == StepState.UndoFailed)
                return false;
        }

        return true;
    }

    /// <summary>Does the next steps: several in one go where the executor can, and one by itself where it cannot or where that failed.</summary>
    private async Task<List<StepResult>> DoSomeAsync(IReadOnlyList<Step> steps, int from, CancellationToken cancel)
    {
        var count = executor.Together(steps, from);
        if (count > 1)
        {
            try
            {
                var group = steps.Skip(from).Take(count).ToList();
                var (durations, error) = await executor.DoTogetherAsync(group, cancel);
                var results = group.Zip(durations, (step, duration) => new StepResult(step, StepState.Done, duration)).ToList();
                if (error is not null)
                    results.Add(new StepResult(group[results.Count], StepState.Failed, default, error));
                if (results.Count > 0)
                    return results;
            }
            catch (Exception e)
            {
                var (error, leftTraces) = Explain(e, $"cancelled while step {steps[from].Id} ran; it left nothing behind", cancel);
                return [new StepResult(steps[from], leftTraces ? StepState.PartlyDone : StepState.Failed, default, error)];
            }
        }

        return [await DoAsync(steps[from], cancel)];
    }

    /// <summary>Tells the listener. A step that nobody could write down ends the run as its own failure would; what it did is in place.</summary>
    /// <returns>The step's error, or the listener's, or null.</returns>
    private async Task<LockkeeperException?> HeardAsync(StepResult result)
    {
        try
        {
            await listener(result);
            return result.Error;
        }
        catch (LockkeeperException e)
        {
            return result.Error ?? e;
        }
    }

    private async Task<PlanResult> EndAsync(StepResult[] results, LockkeeperException error, bool undo)
    {
        // A run that was cancelled is still undone to its end: half of it undone would be worse than either.
        if (undo)
            await UndoAsync(results, CancellationToken.None);
        return new PlanResult(results, error);
    }

    private async Task<StepResult> DoAsync(Step step, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        try
        {
            await executor.DoAsync(step, cancel);
            return new StepResult(step, StepState.Done, clock.GetElapsedTime(started));
        }
        catch (StepLeftException)
        {
            return new StepResult(step, StepState.Left, clock.GetElapsedTime(started));
        }
        catch (Exception e)
        {
            var (error, leftTraces) = Explain(e, $"cancelled while step {step.Id} ran; it left nothing behind", cancel);
            return new StepResult(step, leftTraces ? StepState.PartlyDone : StepState.Failed, clock.GetElapsedTime(started), error);
        }
    }

    private async Task<StepResult> UndoAsync(Step step, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        try
        {
            await executor.UndoAsync(step, cancel);
            return new StepResult(step, StepState.Undone, clock.GetElapsedTime(started));
        }
        catch (Exception e)
        {
            var (error, _) = Explain(e, $"cancelled while step {step.Id} was undone; it is still in place", cancel);
            return new StepResult(step, StepState.UndoFailed, clock.GetElapsedTime(started), error);
        }
    }

    /// <summary>Nothing escapes: a run that ends with a bare exception could not say what is in place. What nobody foresaw may have left traces.</summary>
    private static (LockkeeperException Error, bool LeftTraces) Explain(Exception exception, string whenCancelled, CancellationToken cancel) => exception switch
    {
        StepFailedException failed => (failed.Error, failed.LeftTraces),
        OperationCanceledException when cancel.IsCancellationRequested => (Cancelled(whenCancelled), false),
        LockkeeperException known => (known, known.Exit == ExitCode.PartlyApplied),
        _ => (new LockkeeperException(KernelErrors.Internal, $"unexpected {exception.GetType().Name}: {exception.Message}", "Look at the target before the next run.", inner: exception), true),
    };

    private static LockkeeperException Cancelled(string message) => new(KernelErrors.Cancelled, message, "Run the same command again to go on.");
}
