using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Kernel.Hosts;

/// <summary>A machine that programs are run on: this one, or another by SSH. Files go through <see cref="HostFiles"/>.</summary>
public interface IHost : IAsyncDisposable
{
    /// <summary>Its name, fit for messages.</summary>
    string Name { get; }

    /// <summary>How this program starts a command there: for what is not simply run to its end, such as a lock that is held.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancel">Stops finding out who one is there.</param>
    Task<ProcessSpec> SpecAsync(HostCommand command, CancellationToken cancel);

    /// <summary>Runs a program to its end, whatever that is.</summary>
    /// <param name="command">The program.</param>
    /// <param name="cancel">Stops it; on another host what was started may go on.</param>
    /// <exception cref="Errors.LockkeeperException">The host does not answer, or a program that is needed to get there is missing.</exception>
    Task<ProcessResult> RunAsync(HostCommand command, CancellationToken cancel);
}

/// <summary>A program to run on a host. Secrets go into <see cref="Input"/> only: arguments and variables can be read by everybody on the host.</summary>
/// <param name="Program">A path, or a name that is looked for there.</param>
/// <param name="Arguments">Its arguments, as they are to arrive.</param>
public sealed record HostCommand(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>The operating system's user that it runs as; null for the one that signs in, or that runs this program.</summary>
    public string? User { get; init; }

    /// <summary>Text for its standard input.</summary>
    public string? Input { get; init; }

    /// <summary>Time limit. Default 1 minute.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Variables that it gets on top of those that are there.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Called with each line that it writes.</summary>
    public Action<OutputLine>? OnLine { get; init; }

    /// <summary>Whether its output is a secret that the caller uses and never shows.</summary>
    public bool KeepSecrets { get; init; }

    /// <summary>How many of the last lines are kept. Default 200.</summary>
    public int KeepLines { get; init; } = 200;
}

/// <summary>A program that must succeed.</summary>
public static class HostRuns
{
    private const int MostShown = 15;

    /// <summary>Runs a program and fails when it does.</summary>
    /// <param name="host">Where.</param>
    /// <param name="command">The program.</param>
    /// <param name="hint">What the user can do when it fails.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="Errors.LockkeeperException">It failed or took too long, or the host does not answer.</exception>
    public static async Task<ProcessResult> RunOrFailAsync(this IHost host, HostCommand command, string hint, CancellationToken cancel)
    {
        var result = await host.RunAsync(command, cancel);
        return result.Succeeded ? result : throw Failed(host, Path.GetFileName(command.Program), command, result, hint);
    }

    /// <summary>The error of a command that failed.</summary>
    public static Errors.LockkeeperException Failed(IHost host, string what, HostCommand command, ProcessResult result, string hint)
    {
        var output = string.Join('\n', result.Lines.TakeLast(MostShown).Select(line => line.Text));
        if (output.Contains("No space left on device", StringComparison.Ordinal))
            return new Errors.LockkeeperException(Errors.KernelErrors.HostDiskFull, $"{host.Name}: '{what}' found no room on the disk", "Make room, then run the same command again: it goes on from there.") { Facts = [new("OUTPUT", output)] };
        var how = result.TimedOut ? $"did not end within {Config.Durations.Words(command.Timeout)}" : $"ended with exit code {result.ExitCode}";
        return new Errors.LockkeeperException(Errors.KernelErrors.HostCommandFailed, $"{host.Name}: '{what}' {how}", hint) { Facts = command.KeepSecrets || output.Length == 0 ? [] : [new("OUTPUT", output)] };
    }
}
