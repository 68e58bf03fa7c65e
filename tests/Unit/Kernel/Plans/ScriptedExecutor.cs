using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;

namespace Lockkeeper.Tests.Unit.Kernel.Plans;

/// <summary>How a step behaves.</summary>
internal enum Behaviour
{
    Works,
    Fails,
    FailsPartly,
    Crashes,
}

/// <summary>Steps that behave as a test says; remembers what is in place and in which order things were called.</summary>
internal sealed class ScriptedExecutor : IStepExecutor
{
    public Dictionary<string, Behaviour> Doing { get; } = [];

    public Dictionary<string, Behaviour> Undoing { get; } = [];

    public Action<string> Before { get; set; } = _ => { };

    /// <summary>Every call in order: "do 1", "undo 1".</summary>
    public List<string> Calls { get; } = [];

    public Task DoAsync(Step step, CancellationToken cancel) => Run("do", step, Doing, cancel);

    public Task UndoAsync(Step step, CancellationToken cancel) => Run("undo", step, Undoing, cancel);

    private Task Run(string what, Step step, Dictionary<string, Behaviour> behaviours, CancellationToken cancel)
    {
        Calls.Add($"{what} {step.Id}");
        Before($"{what} {step.Id}");
        cancel.ThrowIfCancellationRequested();
        var behaviour = behaviours.GetValueOrDefault(step.Id);
        return behaviour switch
        {
            Behaviour.Works => Task.CompletedTask,
            Behaviour.Crashes => throw new InvalidOperationException("a bug"),
            _ => throw new StepFailedException(new LockkeeperException(KernelErrors.ProgramFailed, $"{what} {step.Id} failed"), behaviour == Behaviour.FailsPartly),
        };
    }
}
