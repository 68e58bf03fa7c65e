using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Lockkeeper.Tests.TestKit;

/// <summary>lk in a real terminal, which tmux shows and types into. A shell stands around it, as a person's does.</summary>
public sealed class TmuxTerminal : IAsyncDisposable
{
    private const string Before = "what was there before";

    // Ctrl-C is for lk, and the shell goes on. The shell says how lk ended, and whether the terminal hands lines over again and shows what is typed.
    private const string Shell = $"""trap : INT; echo '{Before}'; "$0" "$@"; echo "ended with $?"; stty -a | grep -o -- '-\?icanon\|-\?echo ' | tr '\n' ' '; echo; exec sleep 600""";

    private readonly string socket = Path.Combine(Path.GetTempPath(), "lk-tmux-" + Guid.NewGuid().ToString("N")[..8]);

    private TmuxTerminal()
    {
    }

    /// <summary>Starts lk in a terminal of a size.</summary>
    public static async Task<TmuxTerminal> StartAsync(LkCall call, int columns = 160, int rows = 40)
    {
        var terminal = new TmuxTerminal();
        var variables = new Dictionary<string, string?>(call.Environment) { ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")), ["LANG"] = "C.UTF-8", ["NO_COLOR"] = null, ["TMUX"] = null };
        await terminal.TmuxAsync(["-f", "/dev/null", "new-session", "-d", "-x", $"{columns}", "-y", $"{rows}", "sh", "-c", Shell, LkProcess.Program, .. call.Arguments], call.Folder, variables);
        return terminal;
    }

    /// <summary>What the terminal shows, line by line.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync() => (await TmuxAsync(["capture-pane", "-p"])).TrimEnd('\n').Split('\n');

    /// <summary>Types keys by tmux' names: <c>Down</c>, <c>Enter</c>, <c>C-c</c>, a letter.</summary>
    public Task PressAsync(params string[] keys) => TmuxAsync(["send-keys", .. keys]);

    /// <summary>Types a text.</summary>
    public Task TypeAsync(string text) => TmuxAsync(["send-keys", "-l", text]);

    /// <summary>Gives the terminal another size.</summary>
    public Task ResizeAsync(int columns, int rows) => TmuxAsync(["resize-window", "-x", $"{columns}", "-y", $"{rows}"]);

    /// <summary>Waits until it shows what is asked for.</summary>
    public async Task<IReadOnlyList<string>> WaitAsync(Func<IReadOnlyList<string>, bool> shows, string what)
    {
        IReadOnlyList<string> lines = [];
        try
        {
            await Eventually.TrueAsync(async () => shows(lines = await LinesAsync()), what);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; the terminal shows\n{string.Join('\n', lines)}", e);
        }

        return lines;
    }

    /// <summary>Waits until a line has a text.</summary>
    public Task<IReadOnlyList<string>> WaitAsync(string text) => WaitAsync(lines => lines.Any(line => line.Contains(text, StringComparison.Ordinal)), $"'{text}'");

    /// <summary>Waits for the end of lk, and fails unless the terminal is again as it was before.</summary>
    public Task RestoredAsync(int exitCode) => WaitAsync(
        lines => lines is [Before, ..] && lines.Contains($"ended with {exitCode}") && lines.Any(line => line.Contains(" echo", StringComparison.Ordinal) && line.Contains("icanon", StringComparison.Ordinal) && !line.Contains('-', StringComparison.Ordinal)),
        $"the terminal as it was, after lk ended with {exitCode}");

    public async ValueTask DisposeAsync()
    {
        await TmuxAsync(["kill-server"]);
        File.Delete(socket);
    }

    private async Task<string> TmuxAsync(IReadOnlyList<string> arguments, string? folder = null, IReadOnlyDictionary<string, string?>? variables = null)
    {
        var info = new ProcessStartInfo("tmux", ["-S", socket, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        foreach (var (name, value) in variables ?? new Dictionary<string, string?>())
            info.Environment[name] = value;
        using var process = Process.Start(info)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"tmux {arguments[0]}: {await errors}");
    }
}
