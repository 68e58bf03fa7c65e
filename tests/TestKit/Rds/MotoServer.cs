using System.Diagnostics;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Tests.TestKit.Rds;

/// <summary>moto: a stand-in for the service that knows the shapes of its requests and answers, and that makes everything at once.</summary>
public sealed class MotoServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly OwnedProcess process;

    private MotoServer(OwnedProcess process, int port) => (this.process, Port) = (process, port);

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}/";

    /// <summary>The variables that a program signs in with.</summary>
    public static IReadOnlyDictionary<string, string?> Credentials { get; } = new Dictionary<string, string?>
    {
        ["AWS_ACCESS_KEY_ID"] = "AKIDTEST", ["AWS_SECRET_ACCESS_KEY"] = "a-secret-of-the-test", ["AWS_SESSION_TOKEN"] = null, ["AWS_PROFILE"] = null, ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    public static async Task<MotoServer> StartAsync()
    {
        for (var tries = 1; ; tries++)
        {
            var server = Start(FreePort.Find());
            if (await server.AnswersAsync())
                return server;
            var log = server.process.Errors;
            await server.DisposeAsync();
            // Another program may have taken the port first.
            if (tries == 5)
                throw new InvalidOperationException($"moto did not start:\n{log}");
        }
    }

    /// <summary>Runs a script with botocore, the library under AWS's own tools, and gives back what it wrote.</summary>
    public static async Task<string> BotocoreAsync(string script, params string[] arguments)
    {
        var result = await new ProcessRunner(new Redactor(), TimeProvider.System).RunAsync(new ProcessSpec("/usr/bin/python3", ["-c", script, .. arguments]) { Environment = Variables, KeepLines = 10_000 }, CancellationToken.None);
        return result.Succeeded ? result.Output : throw new InvalidOperationException(result.AllOutput);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static Dictionary<string, string?> Variables => new() { ["PYTHONPATH"] = Lab.Folder("moto-5"), ["PYTHONDONTWRITEBYTECODE"] = "1" };

    private static MotoServer Start(int port)
    {
        // The end of the pipe, which is also our death, ends moto.
        const string script = """
            /usr/bin/python3 -c 'import sys; from moto.server import main; main(sys.argv[1:])' -H 127.0.0.1 -p "$1" </dev/null >/dev/null 2>&1 &
            server=$!
            (wait_for() { while kill -0 "$server" 2>/dev/null; do sleep 0.2; done; }; wait_for; echo ended >&2) &
            cat >/dev/null
            kill "$server"
            wait
            """;
        return new MotoServer(OwnedProcess.Start(new ProcessSpec("/bin/sh", ["-c", script, "moto-guard", $"{port}"]) { Folder = "/", Environment = Variables }, new Redactor()), port);
    }

    private async Task<bool> AnswersAsync()
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < StartLimit; await Task.Delay(100))
        {
            if (process.Errors.Contains("ended", StringComparison.Ordinal))
                return false;
            if (await TcpPort.AnswersAsync(Port))
                return true;
        }

        return false;
    }
}
