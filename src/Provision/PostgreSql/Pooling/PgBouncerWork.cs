using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;

namespace Lockkeeper.Provision.PostgreSql.Pooling;

/// <summary>What is done to a pooler on its host. Each may be done again after it was cut off.</summary>
internal sealed class PgBouncerWork(IHost host, PgBouncerPlace place, int port)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    /// <summary>A configuration is tried by a process that listens on a socket of its own and is ended at once: PgBouncer 1.18 has no switch that only checks.</summary>
    private const string Trial =
        """
        d=$(mktemp -d) && [ -n "$d" ] || exit 9
        trap 'rm -rf -- "$d"' EXIT
        base64 -d > "$d/ini"
        : > "$d/users"
        printf '\nunix_socket_dir = %s\npidfile = %s\nauth_file = %s\n' "$d" "$d/pid" "$d/users" >> "$d/ini"
        "$1" "$d/ini" > "$d/out" 2>&1 </dev/null &
        p=$!
        i=0
        while [ ! -S "$d/.s.PGSQL.$2" ] && kill -0 $p 2>/dev/null && [ $i -lt 400 ]; do sleep 0.05; i=$((i + 1)); done
        if [ -S "$d/.s.PGSQL.$2" ] && kill -0 $p 2>/dev/null; then kill -TERM $p; wait $p; exit 0; fi
        kill -TERM $p 2>/dev/null
        wait $p
        cat "$d/out" >&2
        exit 8
        """;

    private HostFiles Files => new(host, place.Writer);

    /// <summary>Fails when the program does not take a configuration; nothing that is in use is touched.</summary>
    /// <exception cref="LockkeeperException">It does not take it, with its own words.</exception>
    public async Task TryAsync(string program, string ini, SourcePosition at, CancellationToken cancel)
    {
        string[] ours = ["listen_addr = ", "unix_socket_dir = ", "pidfile = ", "logfile = ", "auth_file = ", "client_tls_"];
        var text = string.Join('\n', ini.Split('\n').Where(line => !ours.Any(start => line.StartsWith(start, StringComparison.Ordinal))));
        var result = await host.RunAsync(new HostCommand("sh", "-c", Trial, "lk", program, port.ToString(System.Globalization.CultureInfo.InvariantCulture)) { User = place.User, Input = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text)) }, cancel);
        if (result.Succeeded)
            return;
        throw new LockkeeperException(ProvisionErrors.PoolerRefused, "PgBouncer does not take the configuration that the declaration makes", "Look at the settings under 'parameters'. Nothing was changed.", at)
        {
            Facts = [.. result.Lines.Select(line => line.Text).Where(line => line.Contains("ERROR", StringComparison.Ordinal) || line.Contains("FATAL", StringComparison.Ordinal)).Take(5).Select(line => new ErrorFact("PGBOUNCER", line))],
        };
    }

    /// <summary>Writes a file, with the folder when it is missing.</summary>
    public async Task WriteAsync(string path, string text, string mode, CancellationToken cancel)
    {
        var owner = place.Writer == place.User ? null : place.Owner;
        await Files.MakeFolderAsync(place.Folder, "750", owner, cancel);
        await Files.WriteAsync(path, text, mode, owner, cancel);
    }

    /// <summary>Writes the unit and lets systemd read it.</summary>
    public async Task WriteUnitAsync(string text, CancellationToken cancel)
    {
        await new HostFiles(host, "root").WriteAsync(place.UnitFile, text, "644", null, cancel);
        await SystemAsync(["daemon-reload"], cancel);
    }

    /// <summary>Starts it and waits until its console answers.</summary>
    public async Task StartAsync(PgBouncerState state, CancellationToken cancel)
    {
        if (state.HasSystemd)
            await SystemAsync(["enable", "--now", place.Unit], cancel);
        else
            await host.RunOrFailAsync(new HostCommand(state.Program, "-q", "-d", place.Ini) { User = place.User }, $"Look at what it says in {place.Log}.", cancel);
        await AnswersAsync(cancel);
    }

    /// <summary>Reads the files again, and then lets connections to the server go as soon as no client uses them: in the other order new ones would be made as before.</summary>
    public static Task ReloadAsync(PgBouncerState state, CancellationToken cancel) => state.Console!.TellAsync(["RELOAD", "RECONNECT"], cancel);

    /// <summary>Ends it, clients too, and starts it again.</summary>
    public async Task RestartAsync(PgBouncerState state, CancellationToken cancel)
    {
        if (state.HasSystemd)
        {
            await SystemAsync(["restart", place.Unit], cancel);
            await AnswersAsync(cancel);
            return;
        }

        await StopAsync(cancel);
        await StartAsync(state, cancel);
    }

    /// <summary>Ends it and removes its files.</summary>
    public async Task RemoveAsync(PgBouncerState state, CancellationToken cancel)
    {
        if (state.HasSystemd && state.Files.ContainsKey(place.UnitFile))
        {
            await SystemAsync(["disable", "--now", place.Unit], cancel);
            await new HostFiles(host, "root").RemoveAsync(place.UnitFile, cancel);
            await SystemAsync(["daemon-reload"], cancel);
        }

        // Only a folder that holds what this program has written is removed.
        if (!state.Files.TryGetValue(place.Ini, out var ini) || !ini.Text.StartsWith(PgBouncerFiles.Mark, StringComparison.Ordinal))
            return;
        await StopAsync(cancel);
        await Files.RemoveFolderAsync(place.Folder, cancel);
    }

    private Task StopAsync(CancellationToken cancel) => host.StopAsync(place.PidFile, "pgbouncer", place.User, "It does not end: look at its log.", cancel);

    private async Task AnswersAsync(CancellationToken cancel)
    {
        var console = new PgBouncerConsole(host, place, port);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(StartLimit);
        try
        {
            while (await console.AskAsync(["SHOW VERSION"], limit.Token) is null)
                await Task.Delay(50, limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            var log = await host.RunAsync(new HostCommand("tail", "-n", "8", place.Log) { User = place.User }, cancel);
            throw new LockkeeperException(ProvisionErrors.PoolerNotStarted, "PgBouncer was started and does not answer", $"Look at its log: {place.Log}, or journalctl -u {place.Unit}") { Facts = [new ErrorFact("LOG", log.Output)] };
        }
    }

    private Task SystemAsync(IReadOnlyList<string> words, CancellationToken cancel) => host.RunOrFailAsync(new HostCommand("systemctl", words) { User = "root" }, $"Look at the unit: journalctl -u {place.Unit}", cancel);
}
