using System.Runtime.InteropServices;
using Lockkeeper.Cli.Running;

#pragma warning disable RS0030 // A face is where the console belongs.

namespace Lockkeeper.Cli.Rendering;

/// <summary>Asks the terminal for its size.</summary>
/// <remarks>On Linux the kernel is asked: Console.WindowWidth reads terminfo and sends the terminal a sequence that changes what its keypad sends.</remarks>
internal static class WindowSize
{
    /// <summary>TIOCGWINSZ of Linux, ioctl_tty(2).</summary>
    private const nuint GetWindowSize = 0x5413;

    /// <summary>The columns of the terminal behind standard output or standard error; 0 when it does not know them.</summary>
    public static int Columns()
    {
        if (!OperatingSystem.IsLinux())
            return Console.WindowWidth;
        return ioctl(Descriptor.StandardOutput, GetWindowSize, out var size) == 0 || ioctl(Descriptor.StandardError, GetWindowSize, out size) == 0 ? size.Columns : 0;
    }

    /// <summary>The columns and rows of the terminal behind standard output; 0 for what it does not know.</summary>
    public static (int Columns, int Rows) OfOutput() => ioctl(Descriptor.StandardOutput, GetWindowSize, out var size) == 0 ? (size.Columns, size.Rows) : (0, 0);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ioctl(int descriptor, nuint request, out Size size);

    [StructLayout(LayoutKind.Sequential)]
    private struct Size
    {
        public ushort Rows;
        public ushort Columns;
        public ushort PixelsX;
        public ushort PixelsY;
    }
}
