using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Tests.TestKit;

/// <summary>The checkers of Prometheus and of Alertmanager.</summary>
public static class Promtool
{
    /// <summary>What it has to say of a page of metrics, a line each; empty when all is well.</summary>
    /// <exception cref="InvalidOperationException">The page cannot be read.</exception>
    public static async Task<IReadOnlyList<string>> CheckMetricsAsync(string text)
    {
        // It ends with 3 when it only has advice.
        var result = await RunAsync(new ProcessSpec("promtool", "check", "metrics") { Input = text, KeepLines = 10_000 });
        return result.ExitCode is 0 or 3 ? [.. result.Lines.Select(line => line.Text).Where(line => line.Length > 0)] : throw new InvalidOperationException(result.AllOutput);
    }

    /// <summary>Whether Prometheus loads a rule file, and why not.</summary>
    public static Task<ProcessResult> CheckRulesAsync(string file) => RunAsync(new ProcessSpec("promtool", "check", "rules", "--lint=all", "--lint-fatal", file));

    /// <summary>Whether the expressions of a file give what it says.</summary>
    public static Task<ProcessResult> TestRulesAsync(string file) => RunAsync(new ProcessSpec("promtool", "test", "rules", file) { KeepLines = 10_000 });

    /// <summary>Whether Alertmanager loads a configuration, and why not.</summary>
    public static Task<ProcessResult> CheckRoutingAsync(string file) => RunAsync(new ProcessSpec("amtool", "check-config", file));

    private static Task<ProcessResult> RunAsync(ProcessSpec program) => new ProcessRunner(new Redactor(), TimeProvider.System).RunAsync(program, CancellationToken.None);
}
