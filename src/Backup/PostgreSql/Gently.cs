using Lockkeeper.Kernel.Hosts;

namespace Lockkeeper.Backup.PostgreSql;

/// <summary>Runs what a drill needs behind everybody else on the host: the server that is backed up may be there too.</summary>
internal static class Gently
{
    /// <summary>A command with less right to processors and, since Linux takes it from the same value (ioprio_set(2): io_nice = (cpu_nice + 20) / 5), to the disk. What it starts inherits both.</summary>
    public static HostCommand Run(HostCommand command) => command with { Program = "nice", Arguments = ["-n", "10", command.Program, .. command.Arguments] };
}
