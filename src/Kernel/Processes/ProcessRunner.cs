using System.Diagnostics;
using Lockkeeper.Kernel.Errors;

#pragma warning disable RS0030 // This is the one home of System.Diagnostics.Process.

namespace Lockkeeper.Kernel.Processes;

/// <summary>The only place that starts programs: with a time limit, cancellation, streamed output and redaction.</summary>
/// <param name="redactor">Takes secrets out of the output.</param>
/// <param name="clock">Measures durations.</param>
public sealed class ProcessRunner(Redactor redactor, TimeProvider clock)
{
    /// <summary>How long output is still read after the program ended; a grandchild may hold the pipe open.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="spec">The program.</param>
    /// <param name="cancel">Kills the program and its children.</param>
    /// <exception cref="LockkeeperException">The program is not installed.</exception>
    public async Task<ProcessResult> RunAsync(ProcessSpec spec, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        using var process = new Process { StartInfo = StartInfo(spec) };
        var lines = new LineBuffer(spec, redactor);
        process.OutputDataReceived += (_, line) => lines.Add(line.Data, isError: false);
        process.ErrorDataReceived += (_, line) => lines.Add(line.Data, isError: true);
        Start(process, spec);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        using var limit = spec.Timeout is { } timeout ? new CancellationTokenSource(timeout, clock) : new CancellationTokenSource();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        // Beside the wait, since a program may end, or sleep past its limit, without reading its input.
        var input = WriteInputAsync(process, spec, both.Token);
        var timedOut = false;
        try
        {
            await WaitForExitAsync(process, both.Token);
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            cancel.ThrowIfCancellationRequested();
            timedOut = true;
        }

        await both.CancelAsync();
        // A grandchild that holds the other end may neither read nor close it.
        await Task.WhenAny(input, Task.Delay(DrainLimit, clock, CancellationToken.None));
        await lines.DrainAsync(DrainLimit);
        return new ProcessResult(timedOut ? 137 : process.ExitCode, timedOut, clock.GetElapsedTime(started), lines.Snapshot());
    }

    /// <summary>Runs a program and fails when it does.</summary>
    /// <param name="spec">The program.</param>
    /// <param name="hint">What the user can do when it fails.</param>
    /// <param name="cancel">Kills the program and its children.</param>
    /// <exception cref="LockkeeperException">It is missing, failed or ran into its time limit.</exception>
    public async Task<ProcessResult> RunOrFailAsync(ProcessSpec spec, string hint, CancellationToken cancel)
    {
        var result = await RunAsync(spec, cancel);
        if (result.Succeeded)
            return result;
        var facts = new[] { new ErrorFact("OUTPUT", string.Join('\n', result.Lines.TakeLast(20).Select(line => line.Text))) };
        throw result.TimedOut
            ? new LockkeeperException(KernelErrors.ProgramTimedOut, $"'{Path.GetFileName(spec.File)}' did not end within {Config.Durations.Words(spec.Timeout!.Value)}", hint) { Facts = facts }
            : new LockkeeperException(KernelErrors.ProgramFailed, $"'{Path.GetFileName(spec.File)}' ended with exit code {result.ExitCode}", hint) { Facts = facts };
    }

    internal static ProcessStartInfo StartInfo(ProcessSpec spec)
    {
        var info = new ProcessStartInfo(spec.File)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = spec.Folder ?? "",
        };
        foreach (var argument in spec.Arguments)
            info.ArgumentList.Add(argument);
        foreach (var (name, value) in spec.Environment)
            info.Environment[name] = value;
        return info;
    }

    internal static void Start(Process process, ProcessSpec spec)
    {
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new LockkeeperException(
                KernelErrors.ProgramMissing, $"the program '{spec.File}' cannot be started: {e.Message}",
                "Run 'lk doctor' to see which programs are missing and how to install them.", inner: e);
        }
    }

    private static async Task WriteInputAsync(Process process, ProcessSpec spec, CancellationToken cancel)
    {
        try
        {
            if (spec.Input is not null)
                await process.StandardInput.WriteAsync(spec.Input.AsMemory(), cancel);
            process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The program ended or closed its input without reading it; its exit code tells the rest.
        }
    }

    /// <summary>Waits for the process only: <see cref="Process.WaitForExitAsync"/> also waits for the end of the output, which a
    /// grandchild that went to the background may hold open for ever.</summary>
    private static async Task WaitForExitAsync(Process process, CancellationToken cancel)
    {
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => exited.TrySetResult();
        if (process.HasExited)
            return;
        await exited.Task.WaitAsync(cancel);
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }
}
