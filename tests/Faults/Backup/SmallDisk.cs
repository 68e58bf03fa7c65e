using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Processes;
using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>A folder of a test's that lies on a small disk of its own, in memory, for as long as the test runs.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const string Make =
        """
        set -e
        mv -T -- "$1" "$1.disk"
        mkdir -- "$1"
        mount -t tmpfs -o "size=$2m" lockkeeper-test "$1"
        chown --reference="$1.disk" -- "$1"
        chmod --reference="$1.disk" -- "$1"
        cp -a -- "$1.disk/." "$1"
        rm -rf -- "$1.disk"
        """;

    private readonly LocalHost host = new(new ProcessRunner(new Redactor(), TimeProvider.System));
    private readonly string folder;

    private SmallDisk(string folder) => this.folder = folder;

    /// <summary>Puts a folder, with what is in it, on such a disk.</summary>
    public static async Task<SmallDisk> UnderAsync(string folder, int megabytes)
    {
        var disk = new SmallDisk(folder);
        await disk.RunAsync(Make, "A tmpfs could not be mounted: this test needs root with the right to mount (CAP_SYS_ADMIN).", folder, $"{megabytes}");
        return disk;
    }

    /// <summary>Gives it another size.</summary>
    public Task ResizeAsync(int megabytes) => RunAsync("mount -o \"remount,size=$2m\" -- \"$1\"", "It could not be mounted anew.", folder, $"{megabytes}");

    /// <summary>Leaves so much room on it.</summary>
    public Task LeaveAsync(int megabytes) => RunAsync("used=$(df -P -k -- \"$1\" | awk 'NR == 2 { print $3 }'); mount -o \"remount,size=$((used + $2 * 1024))k\" -- \"$1\"", "It could not be mounted anew.", folder, $"{megabytes}");

    /// <summary>Makes it read-only for everybody; by force, whoever has a file of it open.</summary>
    public Task LockAsync() => RunAsync("mount -o remount,ro -- \"$1\"", "It could not be mounted anew.", folder);

    /// <summary>Makes it writable again.</summary>
    public Task UnlockAsync() => RunAsync("mount -o remount,rw -- \"$1\"", "It could not be mounted anew.", folder);

    // Lazily: a process that is just ending may still have a file of it open.
    public async ValueTask DisposeAsync() => await host.RunAsync(new HostCommand("umount", "-l", "--", folder), CancellationToken.None);

    private async Task RunAsync(string script, string hint, params string[] arguments) =>
        await host.RunOrFailAsync(new HostCommand("sh", ["-c", script, "lk", .. arguments]), hint, TestContext.Current.CancellationToken);
}
