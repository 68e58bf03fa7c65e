using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Provision.Clusters;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>What is done to an instance on its host. Each of it may be done again after it was cut off at any point.</summary>
/// <param name="host">The host.</param>
/// <param name="cluster">The declaration.</param>
/// <param name="place">Where everything is.</param>
/// <param name="group">The group of the instance's user.</param>
internal sealed class InstanceWork(IHost host, ClusterConfig cluster, InstancePlace place, string group)
{
    private static readonly TimeSpan MakingLimit = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan StoppingLimit = TimeSpan.FromMinutes(15);

    private readonly HostFiles files = new(host, place.User);

    private InstanceConfig Instance => cluster.Instance!.Value;

    /// <summary>Makes the data directory aside and puts it into its place as the last thing: it is there whole or not at all. What a run that was killed has left aside is made again.</summary>
    /// <param name="admin">The superuser's name.</param>
    /// <param name="password">Its password.</param>
    /// <param name="marker">The file that says whose it is.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task MakeAsync(string admin, string password, string marker, CancellationToken cancel)
    {
        // The password goes through a pipe that the shell of the instance's user makes: a pipe of ours could not be opened by another user, and a file would stay behind after a kill.
        const string script =
            """
            set -eu
            data=$1 new=$2 marker=$3 name=$4
            shift 4
            # A run that was killed may have left this at work: it is waited for, and what it has made is taken.
            exec 8>>"${TMPDIR:-/tmp}/lockkeeper-$(id -u)-$name.making.lock"
            flock 8
            [ ! -e "$data/lockkeeper.json" ] || exit 0
            rm -rf --one-file-system -- "$new"
            { IFS= read -r line; printf '%s\n' "$line"; } | "$@" -D "$new" --pwfile=/dev/stdin
            printf '%s\n' "$marker" > "$new/lockkeeper.json"
            sync -- "$new/lockkeeper.json" "$new"
            mv -T -- "$new" "$data"
            sync -- "$(dirname -- "$data")"
            """;
        string[] initdb =
        [
            place.Program("initdb"), $"--username={admin}", "--auth=scram-sha-256", $"--encoding={Instance.Encoding}", $"--locale={Instance.Locale}", "--no-instructions",
            // Version 18 has checksums unless told otherwise.
            .. Instance.Checksums ? ["--data-checksums"] : place.Version >= 18 ? ["--no-data-checksums"] : Array.Empty<string>(),
        ];
        await host.RunOrFailAsync(
            new HostCommand("sh", ["-c", script, "lk", place.Data, place.New, marker.TrimEnd(), cluster.Name, .. initdb]) { User = place.User, Input = password + "\n", Timeout = MakingLimit },
            "The output says why. Correct that, then run the same command again: it makes the data directory anew.", cancel);
    }

    /// <summary>Makes the folder above the data directory, by whoever may.</summary>
    public Task MakeParentAsync(CancellationToken cancel) => new HostFiles(host, "root").MakeFolderAsync(Path.GetDirectoryName(place.Data)!, "755", $"{place.User}:{group}", cancel);

    /// <summary>Writes a file of the instance.</summary>
    public async Task WriteAsync(InstanceFile file, CancellationToken cancel)
    {
        await files.MakeFolderAsync(Path.Combine(place.Configuration, "conf.d"), "755", null, cancel);
        await files.WriteAsync(file.Path, file.Text, file.Mode, null, cancel);
    }

    /// <summary>Writes the unit of systemd and makes it known.</summary>
    public async Task WriteUnitAsync(InstanceFile unit, CancellationToken cancel)
    {
        await new HostFiles(host, "root").WriteAsync(unit.Path, unit.Text, unit.Mode, null, cancel);
        await SystemctlAsync(cancel, "daemon-reload");
    }

    /// <summary>Starts the server and waits until it takes connections.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        try
        {
            if (place.HasSystemd)
                await SystemctlAsync(cancel, "enable", "--now", place.Unit);
            else
                await PgCtlAsync("start", Instance.StartTimeout, cancel, "-l", place.LogFile, "-o", $"-c config_file={ShellText.Quote(place.MainFile)}");
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.HostCommandFailed)
        {
            throw new LockkeeperException(ProvisionErrors.InstanceNotStarted, $"{host.Name}: the instance {cluster.Name} does not start", "Its last words are below. Correct the declaration, then run the same command again.", cluster.Instance!.At, e)
            {
                Facts = [.. e.Facts, new ErrorFact("LOG", await LogAsync(cancel))],
            };
        }
    }

    /// <summary>Stops the server; nothing happens when it does not run.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        if (place.HasSystemd)
            await SystemctlAsync(cancel, "disable", "--now", place.Unit);
        else
            await PgCtlAsync("stop", StoppingLimit, cancel, "-m", "fast");
    }

    /// <summary>Stops the server and starts it again.</summary>
    public async Task RestartAsync(CancellationToken cancel)
    {
        if (place.HasSystemd)
        {
            await SystemctlAsync(cancel, "restart", place.Unit);
            return;
        }

        await StopAsync(cancel);
        await StartAsync(cancel);
    }

    /// <summary>Has the server read its files again.</summary>
    public Task ReloadAsync(CancellationToken cancel) => PgCtlAsync("reload", TimeSpan.FromMinutes(1), cancel);

    /// <summary>Takes the data directory and the configuration away. It is set aside first, so that half of a data directory is never taken for an instance.</summary>
    public async Task RemoveAsync(CancellationToken cancel)
    {
        const string script =
            """
            set -eu
            data=$1 old=$2 new=$3 marker=$4 conf=$5
            if [ -e "$data" ]; then
                grep -qF "\"$6\"" "$marker"
                [ -e "$old" ] || mv -T -- "$data" "$old"
            fi
            rm -rf --one-file-system -- "$old" "$new"
            if [ -n "$conf" ] && [ -e "$conf" ]; then
                grep -qF 'Written by Lockkeeper' "$conf/postgresql.conf" || [ -z "$(find "$conf" -type f ! -path '*/.*')" ]
                rm -rf --one-file-system -- "$conf"
            fi
            """;
        await host.RunOrFailAsync(
            new HostCommand("sh", "-c", script, "lk", place.Data, place.Old, place.New, place.Marker, place.IsDebian ? place.Configuration : "", cluster.Name) { User = place.User, Timeout = StoppingLimit },
            "The output says why. Run the same command again: it goes on from there.", cancel);
        if (place.UnitFile is { } unit)
        {
            await new HostFiles(host, "root").RemoveAsync(unit, cancel);
            await SystemctlAsync(cancel, "daemon-reload");
        }
    }

    private Task SystemctlAsync(CancellationToken cancel, params string[] arguments) => host.RunOrFailAsync(
        new HostCommand("systemctl", arguments) { User = "root", Timeout = Instance.StartTimeout + StoppingLimit }, $"Look at it with: journalctl -u {place.Unit}", cancel);

    private async Task PgCtlAsync(string order, TimeSpan limit, CancellationToken cancel, params string[] options)
    {
        var command = new HostCommand(place.Program("pg_ctl"), [order, "-D", place.Data, "-s", .. order == "reload" ? Array.Empty<string>() : ["-w", "-t", Math.Ceiling(limit.TotalSeconds).ToString(CultureInfo.InvariantCulture)], .. options]) { User = place.User, Timeout = limit + TimeSpan.FromSeconds(10) };
        var result = await host.RunAsync(command, cancel);
        if (!result.Succeeded && !IsThereAlready(order, result.AllOutput))
            throw HostRuns.Failed(host, $"pg_ctl {order}", command, result, "Look at the server's log.");
    }

    /// <summary>What an earlier run has done just before it was killed is no failure.</summary>
    private static bool IsThereAlready(string order, string output) => order switch
    {
        "start" => output.Contains("another server might be running", StringComparison.Ordinal) && !output.Contains("could not start server", StringComparison.Ordinal),
        "stop" => output.Contains("PID file", StringComparison.Ordinal) && output.Contains("does not exist", StringComparison.Ordinal),
        _ => false,
    };

    private async Task<string> LogAsync(CancellationToken cancel)
    {
        // With the collector on, the last words are in the newest file of its folder.
        const string script = "for f in \"$1\" $(ls -t \"$2\"/log/postgresql-*.log 2>/dev/null | head -n 1); do tail -n 15 -- \"$f\" 2>/dev/null; done";
        var result = await host.RunAsync(new HostCommand("sh", "-c", script, "lk", place.LogFile, place.Data) { User = place.User }, cancel);
        return result.Output;
    }
}
