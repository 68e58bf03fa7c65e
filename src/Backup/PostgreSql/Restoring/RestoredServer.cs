using System.Globalization;
using Lockkeeper.Backup.Wal;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql.Restoring;

/// <summary>Where and how a restored copy runs.</summary>
/// <param name="Host">Its host.</param>
/// <param name="User">The operating system's user that it runs as.</param>
/// <param name="Programs">The folder of the server's programs.</param>
/// <param name="Folder">Its data directory.</param>
/// <param name="Runtime">A folder of its own for its socket, configuration and log.</param>
/// <param name="Port">Its port.</param>
/// <param name="Role">A superuser of it.</param>
/// <param name="IsGentle">Whether others on the host go first.</param>
internal sealed record CopyPlace(IHost Host, string User, string Programs, string Folder, string Runtime, int Port, string Role, bool IsGentle = false);

/// <summary>
/// A restored copy as a server of its own, cut off from everything: it listens on a socket in a folder that only its user may enter, archives nothing, loads no library that would begin to work by
/// itself (such as a scheduler of jobs), and follows no other server.
/// </summary>
internal sealed class RestoredServer(CopyPlace place) : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    // Recovery pauses or refuses to start when these are lower than on the primary (PostgreSQL's documentation, 27.4.3).
    private static readonly (string Control, string Parameter)[] AtLeast =
    [
        ("max_connections setting", "max_connections"), ("max_worker_processes setting", "max_worker_processes"), ("max_wal_senders setting", "max_wal_senders"),
        ("max_prepared_xacts setting", "max_prepared_transactions"), ("max_locks_per_xact setting", "max_locks_per_transaction"),
    ];

    /// <summary>Words of a log without which a server does not end by itself.</summary>
    private static readonly string[] Deadly = ["FATAL", "PANIC", "terminated by signal", "exited with exit code"];

    private readonly HostFiles files = new(place.Host, place.User);

    private string KeptSettings => $"{place.Runtime}/postgresql.auto.conf.restored";

    /// <summary>Where it runs.</summary>
    public CopyPlace Place => place;

    /// <summary>The server's own log.</summary>
    public string Log => $"{place.Runtime}/server.log";

    /// <summary>Starts it and waits until it answers. It replays WAL until its target, and then waits there for <see cref="PromoteAsync"/>, read-only.</summary>
    /// <param name="target">Where recovery shall end; null for the end of the archive.</param>
    /// <param name="timeline">The timeline to follow; null for the newest.</param>
    /// <param name="limit">Time limit.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="LockkeeperException">It does not start, or the archive ended before the target.</exception>
    public async Task StartAsync(RecoveryTarget? target, string? timeline, TimeSpan limit, CancellationToken cancel)
    {
        await files.MakeFolderAsync(place.Runtime, "700", null, cancel);
        await files.WriteAsync($"{place.Runtime}/postgresql.conf", await ConfigAsync(target, timeline, cancel), "600", null, cancel);
        await files.WriteAsync($"{place.Runtime}/pg_hba.conf", "local all all trust\n", "600", null, cancel);
        await files.WriteAsync($"{place.Runtime}/pg_ident.conf", "", "600", null, cancel);
        // pg_ctl waits until read-only sessions are let in, which is when the copy is consistent; a server that dies before that is noticed at once.
        var command = new HostCommand($"{place.Programs}/pg_ctl", "start", "-w", "-s", "-t", ((int)Math.Ceiling(limit.TotalSeconds)).ToString(CultureInfo.InvariantCulture), "-D", place.Folder, "-l", Log, "-o", $"-c config_file={ShellText.Quote($"{place.Runtime}/postgresql.conf")}")
        {
            User = place.User, Timeout = limit + TimeSpan.FromSeconds(30),
        };
        var start = await place.Host.RunAsync(place.IsGentle ? Gently.Run(command) : command, cancel);
        if (!start.Succeeded)
            throw await NotStartedAsync(cancel, target);
    }

    /// <summary>Where it is in the log of the cluster, and when the last transaction that it has replayed was committed.</summary>
    public async Task<CopyState> StateAsync(CancellationToken cancel)
    {
        var row = await SqlAsync(
            "postgres",
            """
            /* lk:backup.copy_state */
            SELECT pg_is_in_recovery(), CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() ELSE '' END,
                   CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, extract(epoch FROM pg_last_xact_replay_timestamp())
            """,
            cancel);
        var fields = row.Split('|');
        return new CopyState(
            fields[0] == "t", fields[1] == "paused", Lsn.TryParse(fields[2], out var lsn) ? lsn : null,
            fields[3].Length == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks((long)(decimal.Parse(fields[3], CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond)));
    }

    /// <summary>Waits until it has reached its target and has paused there, or has reached the end of the archive.</summary>
    /// <exception cref="LockkeeperException">It stopped, or the archive ended before its target.</exception>
    public async Task<CopyState> ReachAsync(RecoveryTarget? target, TimeSpan limit, IProgressSink progress, CancellationToken cancel)
    {
        using var clock = new CancellationTokenSource(limit);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, clock.Token);
        DateTimeOffset? last = null;
        while (true)
        {
            try
            {
                var state = await StateAsync(both.Token);
                last = state.LastCommit ?? last;
                if (state.IsPaused || !state.IsInRecovery)
                    return state with { LastCommit = last };
                progress.Now($"replaying the log to {target?.Words ?? "its end"}, at {last?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? state.Replayed?.ToString()}");
                await Task.Delay(Poll, both.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw new LockkeeperException(BackupErrors.NotReached, $"the copy did not reach {target?.Words ?? "the end of the archive"} within {Kernel.Config.Durations.Words(limit)}", "Give it more time with --timeout, or look at its log.") { Facts = await LogAsync(CancellationToken.None) };
            }
            catch (LockkeeperException) when (!cancel.IsCancellationRequested)
            {
                throw await NotStartedAsync(cancel, target);
            }
        }
    }

    /// <summary>Where the log ended, of a copy that has replayed all that it could get and has opened by itself: the place where its own timeline begins.</summary>
    public async Task<Lsn?> EndOfLogAsync(CancellationToken cancel)
    {
        // The server's own log says "redo done" at the beginning of the last record, which does not tell whether the next segment was there.
        var history = await SqlAsync("postgres", "/* lk:backup.copy_fork */ SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8), pg_read_file('pg_wal/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '.history')", cancel);
        var bar = history.IndexOf('|', StringComparison.Ordinal);
        return bar > 0 && uint.TryParse(history.AsSpan(0, bar), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var timeline) && TimelineHistory.Parse(timeline, history[(bar + 1)..]) is { Ancestors: [.., var fork] } ? fork.At : null;
    }

    /// <summary>Ends recovery: from then on it is a server of its own, on a timeline of its own.</summary>
    public async Task PromoteAsync(TimeSpan limit, CancellationToken cancel)
    {
        await SqlAsync("postgres", "/* lk:backup.promote */ SELECT pg_promote(wait => false)", cancel);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while ((await StateAsync(cancel)).IsInRecovery)
        {
            if (watch.Elapsed > limit)
                throw new LockkeeperException(BackupErrors.StartFailed, $"the copy did not open within {Kernel.Config.Durations.Words(limit)}", "Give it more time, or look at its log.") { Facts = await LogAsync(cancel) };
            await Task.Delay(Poll, cancel);
        }
    }

    /// <summary>Asks it something; rows as lines, values with a bar between them.</summary>
    /// <exception cref="LockkeeperException">It does not answer, or refuses.</exception>
    public async Task<string> SqlAsync(string database, string sql, CancellationToken cancel, TimeSpan? limit = null)
    {
        var result = await TrySqlAsync(database, sql, cancel, limit);
        // psql's exit code of a connection that could not be made or was lost.
        if (result.ExitCode == 2)
            throw await NotStartedAsync(cancel);
        return result.Succeeded ? result.Output : throw new LockkeeperException(BackupErrors.StartFailed, $"the copy refused a question: {result.AllOutput.Trim()}", $"Its log is {Log}.");
    }

    /// <summary>Asks it something, whatever becomes of it.</summary>
    public Task<Kernel.Processes.ProcessResult> TrySqlAsync(string database, string sql, CancellationToken cancel, TimeSpan? limit = null) => place.Host.RunAsync(
        new HostCommand($"{place.Programs}/psql", "-XAqt", "-v", "ON_ERROR_STOP=1", "-h", place.Runtime, "-p", place.Port.ToString(CultureInfo.InvariantCulture), "-U", place.Role, "-d", database)
        {
            User = place.User, Input = sql, Timeout = limit ?? TimeSpan.FromMinutes(1), KeepLines = int.MaxValue, Variables = new Dictionary<string, string> { ["PGAPPNAME"] = "lockkeeper", ["PGCONNECT_TIMEOUT"] = "10" },
        },
        cancel);

    /// <summary>Stops it; nothing happens when it does not run.</summary>
    public async Task StopAsync(CancellationToken cancel) => await place.Host.RunAsync(
        new HostCommand($"{place.Programs}/pg_ctl", "stop", "-s", "-m", "immediate", "-t", "60", "-D", place.Folder) { User = place.User, Timeout = TimeSpan.FromSeconds(90) }, cancel);

    /// <summary>Stops it in order, with all that it holds on disk.</summary>
    public Task ShutDownAsync(CancellationToken cancel) => place.Host.RunOrFailAsync(
        new HostCommand($"{place.Programs}/pg_ctl", "stop", "-s", "-m", "fast", "-t", "300", "-D", place.Folder) { User = place.User, Timeout = TimeSpan.FromMinutes(6) }, $"Its log is {Log}.", cancel);

    /// <summary>Puts back what ALTER SYSTEM had set, without what the restore had added: for a copy that is to be the server again.</summary>
    public async Task PutSettingsBackAsync(CancellationToken cancel)
    {
        if (await files.ReadAsync(KeptSettings, cancel) is not { } kept)
            return;
        var lines = kept.Text.Split('\n').Where(line => !line.StartsWith("restore_command", StringComparison.Ordinal) && !line.StartsWith("recovery_target", StringComparison.Ordinal) && !line.StartsWith("archive_mode", StringComparison.Ordinal));
        await files.WriteAsync($"{place.Folder}/postgresql.auto.conf", string.Join('\n', lines), "600", null, cancel);
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private async Task<LockkeeperException> NotStartedAsync(CancellationToken cancel, RecoveryTarget? target = null)
    {
        var facts = await LogAsync(cancel);
        var ended = facts.Any(fact => fact.Text.Contains("recovery ended before configured recovery target was reached", StringComparison.Ordinal));
        if (ended)
            return new LockkeeperException(BackupErrors.NotReached, $"the archive ends before {target?.Words ?? "the moment asked for"}", "'lk backup list' shows which moments can be restored; a hole in the WAL ends them.") { Facts = facts };
        // What ends a server without a word of its own, or one of its processes by SIGKILL, comes from outside and says nothing about what was restored.
        return !facts.Any(fact => Deadly.Any(word => fact.Text.Contains(word, StringComparison.Ordinal))) || facts.Any(fact => fact.Text.Contains("was terminated by signal 9", StringComparison.Ordinal))
            ? new LockkeeperException(BackupErrors.Interrupted, "the restored copy was ended from outside", "Run the same command again. When nobody has ended it, look at the host's log for one that was out of memory.") { Facts = facts }
            : new LockkeeperException(BackupErrors.StartFailed, "the restored copy does not start", "Its own log says why; a missing or damaged WAL segment is a usual reason.") { Facts = facts };
    }

    private async Task<IReadOnlyList<ErrorFact>> LogAsync(CancellationToken cancel)
    {
        var tail = await place.Host.RunAsync(new HostCommand("tail", "-n", "12", "--", Log) { User = place.User }, cancel);
        return [.. tail.Lines.Where(line => !line.IsError).Select(line => new ErrorFact("LOG", line.Text))];
    }

    private async Task<string> ConfigAsync(RecoveryTarget? target, string? timeline, CancellationToken cancel)
    {
        var control = await place.Host.RunOrFailAsync(new HostCommand($"{place.Programs}/pg_controldata", "-D", place.Folder) { User = place.User }, "The files are not those of a server of this version.", cancel);
        var known = control.Lines.Select(line => line.Text.Split(':', 2)).Where(pair => pair.Length == 2).GroupBy(pair => pair[0].Trim()).ToDictionary(group => group.Key, group => group.First()[1].Trim());
        var lines = new List<string>
        {
            $"data_directory = '{place.Folder}'", $"hba_file = '{place.Runtime}/pg_hba.conf'", $"ident_file = '{place.Runtime}/pg_ident.conf'", "external_pid_file = ''",
            "listen_addresses = ''", $"unix_socket_directories = '{place.Runtime}'", string.Create(CultureInfo.InvariantCulture, $"port = {place.Port}"),
            "archive_mode = off", "ssl = off", "shared_preload_libraries = ''", "session_preload_libraries = ''", "local_preload_libraries = ''", "logging_collector = off", "log_destination = stderr", "primary_conninfo = ''", "primary_slot_name = ''",
            "synchronous_standby_names = ''", "hot_standby = on", "huge_pages = off", "cluster_name = 'lockkeeper copy'", "jit = off", "autovacuum = off", "max_standby_archive_delay = -1", "recovery_target_action = pause",
            $"recovery_target_timeline = '{timeline ?? "latest"}'", "restart_after_crash = off",
        };
        lines.AddRange(AtLeast.Where(one => known.ContainsKey(one.Control)).Select(one => $"{one.Parameter} = {known[one.Control]}"));
        lines.Add(await RestoreCommandAsync(cancel));
        if (target is not null)
            lines.Add($"{target.Parameter} = '{target.Value.Replace("'", "''", StringComparison.Ordinal)}'");
        if (target is { Kind: not RecoveryTargetKind.Immediate, Inclusive: false })
            lines.Add("recovery_target_inclusive = off");
        return string.Join('\n', lines) + "\n";
    }

    /// <summary>
    /// The command that fetches WAL, which the restore has written into postgresql.auto.conf. That file would win over ours with all that ALTER SYSTEM had set, so it is set aside: first the copy of it,
    /// then the empty one, so that a run that was cut off in between finds it.
    /// </summary>
    private async Task<string> RestoreCommandAsync(CancellationToken cancel)
    {
        if (await files.ReadAsync($"{place.Folder}/postgresql.auto.conf", cancel) is { Text.Length: > 0 } auto)
        {
            await files.WriteAsync(KeptSettings, auto.Text, "600", null, cancel);
            await files.WriteAsync($"{place.Folder}/postgresql.auto.conf", "", "600", null, cancel);
        }

        var kept = await files.ReadAsync(KeptSettings, cancel);
        return kept?.Text.Split('\n').LastOrDefault(line => line.StartsWith("restore_command", StringComparison.Ordinal)) ?? "";
    }
}

/// <summary>How far a copy is.</summary>
/// <param name="IsInRecovery">Whether it still replays WAL, or waits at its target.</param>
/// <param name="IsPaused">Whether it waits at its target.</param>
/// <param name="Replayed">The place that it has reached.</param>
/// <param name="LastCommit">When the last transaction that it has replayed was committed; null for none.</param>
internal sealed record CopyState(bool IsInRecovery, bool IsPaused, Lsn? Replayed, DateTimeOffset? LastCommit);
