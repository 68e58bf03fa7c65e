using Lockkeeper.Kernel.Processes;
using Shouldly;

namespace Lockkeeper.Tests.TestKit.PostgreSql;

/// <summary>The real psql: what PostgreSQL's own client makes of a script.</summary>
public static class Psql
{
    /// <summary>Runs SQL that is given on standard input, as in <c>psql &lt; file</c>.</summary>
    public static Task<ProcessResult> RunAsync(string url, string sql, PsqlOptions? options = null) => RunAsync(url, [], sql, options ?? new PsqlOptions());

    /// <summary>Runs a file, as in <c>psql -f file</c>.</summary>
    public static Task<ProcessResult> RunFileAsync(string url, string file, PsqlOptions? options = null) =>
        RunAsync(url, ["-f", file], null, options ?? new PsqlOptions());

    /// <summary>Runs SQL that must succeed, and returns its output.</summary>
    public static async Task<string> OutputAsync(string url, string sql, PsqlOptions? options = null)
    {
        var result = await RunAsync(url, sql, options);
        result.ExitCode.ShouldBe(0, result.AllOutput);
        return result.Output;
    }

    private static Task<ProcessResult> RunAsync(string url, IReadOnlyList<string> more, string? input, PsqlOptions options)
    {
        var target = new Uri(url);
        var login = target.UserInfo.Split(':');
        List<string> arguments =
        [
            "-X", "-q", "-A", "-t", "-h", target.Host, "-p", $"{target.Port}", "-U", Uri.UnescapeDataString(login[0]),
            "-d", Uri.UnescapeDataString(target.AbsolutePath[1..]), "-v", $"ON_ERROR_STOP={(options.StopOnError ? 1 : 0)}",
        ];
        if (options.SingleTransaction)
            arguments.Add("-1");
        foreach (var (name, value) in options.Variables)
            arguments.AddRange(["-v", $"{name}={value}"]);
        var spec = new ProcessSpec("psql", [.. arguments, .. more])
        {
            Input = input,
            Folder = options.Folder,
            Timeout = options.Timeout,
            KeepLines = 1_000_000,
            Environment = new Dictionary<string, string?>
            {
                ["PGPASSWORD"] = login.Length > 1 ? Uri.UnescapeDataString(login[1]) : null,
                ["PGOPTIONS"] = options.ServerOptions,
                ["PGCLIENTENCODING"] = "UTF8",
            },
        };
        return new ProcessRunner(new Redactor(), TimeProvider.System).RunAsync(spec, CancellationToken.None);
    }
}

/// <summary>How psql is called; by default it stops at the first error.</summary>
public sealed record PsqlOptions
{
    public bool StopOnError { get; init; } = true;

    public bool SingleTransaction { get; init; }

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>For example <c>-c search_path=app</c>.</summary>
    public string? ServerOptions { get; init; }

    public string? Folder { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);
}
