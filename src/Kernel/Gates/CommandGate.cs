using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Gates;

/// <summary>How a gate ended.</summary>
/// <param name="Name">The gate's name.</param>
/// <param name="Passed">Whether it exited with 0 in time.</param>
/// <param name="Words">How it ended, for example <c>exit code 1</c> or <c>stopped after 10 min</c>.</param>
/// <param name="Duration">How long it ran.</param>
/// <param name="Output">The last lines of its output, secrets taken out.</param>
public sealed record GateResult(string Name, bool Passed, string Words, TimeSpan Duration, string Output);

/// <summary>Runs the commands that must pass before a release may go on.</summary>
public static class CommandGate
{
    /// <summary>Runs a gate by <c>sh -c</c> in the project folder.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="variables">What it needs to connect, and what is being done; may hold secrets.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Kills the command and its children.</param>
    public static async Task<GateResult> RunAsync(GateConfig gate, IReadOnlyDictionary<string, string?> variables, Workspace workspace, CancellationToken cancel)
    {
        workspace.Progress.Now($"gate {gate.Name}");
        var result = await workspace.Processes.RunAsync(
            new ProcessSpec("/bin/sh", "-c", gate.Run) { Folder = workspace.ProjectFolder, Environment = variables, Timeout = gate.Timeout }, cancel);
        var words = result.TimedOut ? $"stopped after its time limit of {Durations.Words(gate.Timeout)}" : $"exit code {result.ExitCode}";
        workspace.Progress.Say($"gate {gate.Name}: {(result.Succeeded ? "passed" : words)} ({Durations.Words(result.Duration)})");
        return new GateResult(gate.Name, result.Succeeded, words, result.Duration, result.AllOutput);
    }
}
