using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Lockkeeper.Tests.TestKit;

/// <summary>How lk is called.</summary>
public sealed record LkCall(params IReadOnlyList<string> Arguments)
{
    public string? Folder { get; init; }

    /// <summary>Variables on top of this process's own; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string Input { get; init; } = "";

    /// <summary>A program that becomes lk, with its arguments; the program's path and the arguments of lk come after them.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    /// <summary>Past it lk is killed and the wait fails.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>How a call of lk ended; 128 + N when a signal N ended it.</summary>
public sealed record LkResult(int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"exit code {ExitCode}\n--- output\n{Output}\n--- errors\n{Errors}";
}

/// <summary>The built lk as a real process, which can be sent signals.</summary>
public sealed class LkProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly TimeSpan limit;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();

    private LkProcess(Process process, TimeSpan limit)
    {
        this.process = process;
        this.limit = limit;
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>What it has written so far.</summary>
    public string Output => Text(output);

    public string Errors => Text(errors);

    /// <summary>The program: next to the tests, or the one that LK_PROGRAM names (a published one).</summary>
    public static string Program { get; } = System.Environment.GetEnvironmentVariable("LK_PROGRAM") ?? Path.Combine(AppContext.BaseDirectory, "lk");

    /// <summary>Runs lk in a folder to its end.</summary>
    public static Task<LkResult> RunAsync(string folder, params string[] arguments) => RunAsync(new LkCall(arguments) { Folder = folder });

    public static async Task<LkResult> RunAsync(LkCall call)
    {
        await using var lk = await StartAsync(call);
        return await lk.WaitAsync();
    }

    public static async Task<LkProcess> StartAsync(LkCall call)
    {
        IReadOnlyList<string> words = [.. call.Launcher, Program, .. call.Arguments];
        var info = new ProcessStartInfo(words[0], words.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = call.Folder ?? "",
        };
        // The program's own launcher must find the runtime that the tests run on.
        info.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        foreach (var (name, value) in call.Environment)
            info.Environment[name] = value;
        var lk = new LkProcess(new Process { StartInfo = info }, call.Timeout);
        lk.process.Start();
        lk.process.BeginOutputReadLine();
        lk.process.BeginErrorReadLine();
        try
        {
            await lk.process.StandardInput.WriteAsync(call.Input);
            lk.process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading.
        }

        return lk;
    }

    /// <summary>Waits for its end.</summary>
    public async Task<LkResult> WaitAsync()
    {
        using var source = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(source.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"lk {string.Join(' ', process.StartInfo.ArgumentList)} did not end within {limit}\n--- output\n{Output}\n--- errors\n{Errors}", e);
        }

        return new LkResult(process.ExitCode, Output, Errors);
    }

    /// <summary>Waits until it has written a text so many times, to either stream.</summary>
    public async Task WaitForTextAsync(string text, int times = 1)
    {
        var started = Stopwatch.GetTimestamp();
        while (Times(Output, text) < times && Times(Errors, text) < times)
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > limit)
                throw new TimeoutException($"lk has not written '{text}'\n--- output\n{Output}\n--- errors\n{Errors}");
            await Task.Delay(20);
        }
    }

    public void Kill() => Send("KILL");

    public void Interrupt() => Send("INT");

    public void Terminate() => Send("TERM");

    /// <summary>Freezes it, as a machine that sleeps or a debugger does.</summary>
    public void Stop() => Send("STOP");

    public void Continue() => Send("CONT");

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private void Send(string signal) => Signals.SendAsync(signal, process.Id).GetAwaiter().GetResult();

    private static int Times(string all, string text) => all.Split(text).Length - 1;

    private static void Keep(StringBuilder text, string? line)
    {
        lock (text)
            text.Append(line).Append(line is null ? "" : "\n");
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
