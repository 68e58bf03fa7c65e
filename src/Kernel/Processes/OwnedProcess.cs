using System.Collections.Concurrent;
using System.Diagnostics;
using Lockkeeper.Kernel.Errors;

#pragma warning disable RS0030 // Kernel/Processes is the one home of System.Diagnostics.Process.

namespace Lockkeeper.Kernel.Processes;

/// <summary>A long-lived program that talks line by line and knows when its owner is gone: its standard input is a pipe whose other
/// end only this process holds, so it reads the end of file however this process ends, kill -9 included.</summary>
/// <remarks>The runtime opens its pipe ends close-on-exec, so no other child of this process keeps the pipe open.</remarks>
public sealed class OwnedProcess : IAsyncDisposable
{
    /// <summary>Keeps the pipe open until it is disposed: the collector would close it with the last reference.</summary>
    private static readonly ConcurrentDictionary<OwnedProcess, byte> Alive = new();

    private readonly Process process;
    private readonly Redactor redactor;
    private readonly TimeSpan endLimit;
    private readonly TaskCompletionSource exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> errors = new();

    private OwnedProcess(Process process, Redactor redactor, int keepLines, TimeSpan endLimit)
    {
        this.endLimit = endLimit;
        this.process = process;
        this.redactor = redactor;
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => exited.TrySetResult();
        process.ErrorDataReceived += (_, line) => KeepError(line.Data, keepLines);
    }

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>The last lines that it wrote to standard error, secrets taken out.</summary>
    public string Errors => string.Join('\n', errors);

    /// <summary>Starts a program.</summary>
    /// <param name="spec">The program; its input, time limit and line callback are not used.</param>
    /// <param name="redactor">Takes secrets out of what it writes.</param>
    /// <param name="endLimit">How long <see cref="DisposeAsync"/> waits for it to end by itself before it is killed. Default 30 s.</param>
    /// <exception cref="LockkeeperException">It is not installed.</exception>
    public static OwnedProcess Start(ProcessSpec spec, Redactor redactor, TimeSpan? endLimit = null)
    {
        var owned = new OwnedProcess(new Process { StartInfo = ProcessRunner.StartInfo(spec) }, redactor, spec.KeepLines, endLimit ?? TimeSpan.FromSeconds(30));
        ProcessRunner.Start(owned.process, spec);
        owned.process.BeginErrorReadLine();
        Alive.TryAdd(owned, 0);
        return owned;
    }

    /// <summary>Sends a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="IOException">The program has ended.</exception>
    public async Task WriteLineAsync(string line, CancellationToken cancel)
    {
        await process.StandardInput.WriteAsync((line + "\n").AsMemory(), cancel);
        await process.StandardInput.FlushAsync(cancel);
    }

    /// <summary>The next line of its standard output, secrets taken out; null when it has ended.</summary>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<string?> ReadLineAsync(CancellationToken cancel) =>
        await process.StandardOutput.ReadLineAsync(cancel) is { } line ? redactor.Redact(line) : null;

    /// <summary>Waits until it has ended by itself.</summary>
    /// <param name="cancel">Stops waiting; the program goes on.</param>
    public async Task WaitAsync(CancellationToken cancel)
    {
        if (!process.HasExited)
            await exited.Task.WaitAsync(cancel);
    }

    /// <summary>Closes its input and waits for its end; past the limit given at the start it is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Alive.TryRemove(this, out _))
            return;
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already.
        }

        using var limit = new CancellationTokenSource(endLimit);
        try
        {
            await WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private void KeepError(string? line, int keep)
    {
        if (line is null)
            return;
        errors.Enqueue(redactor.Redact(line));
        while (errors.Count > keep)
            errors.TryDequeue(out _);
    }
}
