namespace Lockkeeper.Kernel.Hosts;

/// <summary>Programs on a host that go on by themselves and write their number into a file.</summary>
public static class HostPrograms
{
    /// <summary>The kernel keeps no more of a program's name (TASK_COMM_LEN in include/linux/sched.h, with its zero byte).</summary>
    private const int NameLength = 15;

    /// <summary>After a crash the number in the file may be another program's, so the name is looked at first.</summary>
    private const string Stop =
        """
        [ -f "$1" ] || exit 0
        p=$(cat -- "$1")
        [ "$(cat "/proc/$p/comm" 2>/dev/null)" = "$2" ] || exit 0
        kill -TERM "$p" 2>/dev/null
        i=0
        while kill -0 "$p" 2>/dev/null && [ $i -lt 400 ]; do sleep 0.05; i=$((i + 1)); done
        ! kill -0 "$p" 2>/dev/null
        """;

    /// <summary>Ends a program and waits until it is gone; nothing happens when it does not run.</summary>
    /// <param name="host">The host.</param>
    /// <param name="pidFile">The file with its number.</param>
    /// <param name="program">Its name.</param>
    /// <param name="user">Whose it is; null for whoever signs in.</param>
    /// <param name="hint">What the user can do when it does not end within 20 seconds.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="Errors.LockkeeperException">It does not end.</exception>
    public static Task StopAsync(this IHost host, string pidFile, string program, string? user, string hint, CancellationToken cancel) =>
        host.RunOrFailAsync(new HostCommand("sh", "-c", Stop, "lk", pidFile, program.Length > NameLength ? program[..NameLength] : program) { User = user }, hint, cancel);
}
