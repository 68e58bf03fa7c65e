using System.Runtime.InteropServices;
using System.Runtime.CompilerServices;

namespace Lockkeeper.Cli.Rendering;

/// <summary>How the terminal hands keys over: one by one and unseen, instead of line by line.</summary>
/// <remarks>The console's own ReadKey loads terminfo and changes what the keypad sends. Ctrl-C goes on being a signal; Ctrl-Z would leave the shell with our screen, and is taken away.</remarks>
internal sealed class TerminalMode
{
    // termios(3) of Linux
    private const uint Canonical = 2;
    private const uint Echo = 8;
    private const int Now = 0;
    private const int Timer = 5;
    private const int Least = 6;
    private const int Suspend = 10;

    private readonly int descriptor;
    private Settings before;

    private TerminalMode(int descriptor, Settings before) => (this.descriptor, this.before) = (descriptor, before);

    /// <summary>Changes it; null when this is no terminal.</summary>
    public static TerminalMode? KeyByKey(int descriptor)
    {
        if (tcgetattr(descriptor, out var settings) != 0)
            return null;
        var mode = new TerminalMode(descriptor, settings);
        settings.Local &= ~(Canonical | Echo);
        settings.Characters[Timer] = 0;
        settings.Characters[Least] = 1;
        settings.Characters[Suspend] = 0;
        return tcsetattr(descriptor, Now, ref settings) == 0 ? mode : null;
    }

    /// <summary>Sets it back to what it was.</summary>
    public void Restore() => tcsetattr(descriptor, Now, ref before);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int tcgetattr(int descriptor, out Settings settings);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int tcsetattr(int descriptor, int actions, ref Settings settings);

    /// <summary>struct termios of glibc and musl on 64 bits.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Settings
    {
        public uint Input;
        public uint Output;
        public uint Control;
        public uint Local;
        public byte Line;
        public ControlCharacters Characters;
        public uint InputSpeed;
        public uint OutputSpeed;
    }

    [InlineArray(32)]
    private struct ControlCharacters
    {
        private byte first;
    }
}
