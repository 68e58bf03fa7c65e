using System.Globalization;
using System.Runtime.InteropServices;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>What the base library does not tell about users, nor do.</summary>
internal static partial class Unix
{
    private const int CurrentFolder = -100;
    private const int DoNotFollowLinks = 0x100;
    private const uint WantOwner = 0x8;

    /// <summary>The number of the user that this process acts as.</summary>
    public static uint EffectiveUser => GetEffectiveUser();

    /// <summary>The number of the user that a file or folder belongs to; null when the system does not tell (statx is Linux's).</summary>
    public static unsafe uint? OwnerOf(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        // struct statx (include/uapi/linux/stat.h) is 256 bytes on every architecture, stx_uid at offset 20.
        var buffer = stackalloc uint[64];
        return StatX(CurrentFolder, path, DoNotFollowLinks, WantOwner, buffer) == 0 ? buffer[5] : null;
    }

    /// <summary>Gives a file to another user, which only root may.</summary>
    /// <param name="path">The file.</param>
    /// <param name="owner">user:group by number.</param>
    public static void GiveTo(string path, string owner)
    {
        var parts = owner.Split(':');
        if (ChangeOwner(path, uint.Parse(parts[0], CultureInfo.InvariantCulture), uint.Parse(parts[1], CultureInfo.InvariantCulture)) != 0)
            throw new UnauthorizedAccessException($"{path} cannot be given to the server's user");
    }

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(int folder, string path, int flags, uint mask, uint* buffer);
}
