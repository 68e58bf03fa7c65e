using System.Runtime.InteropServices;

namespace Lockkeeper.Cli.Running;

/// <summary>Writes to a file descriptor.</summary>
/// <remarks>
/// The console's streams load terminfo, set an encoding up and send the terminal a sequence that changes what its keypad sends; a
/// FileStream writes at an offset of its own, so that two programs that share a redirected output would overwrite each other.
/// </remarks>
internal static class Descriptor
{
    public const int StandardOutput = 1;
    public const int StandardError = 2;

    // errno(3) of Linux
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int BadDescriptor = 9;
    private const int BrokenPipe = 32;

    /// <summary>Writes all bytes, or as many as somebody reads: <c>lk … | head</c> and a closed descriptor are no errors.</summary>
    /// <exception cref="IOException">They cannot be written, for example to a full disk.</exception>
    public static void Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = write(descriptor, ref MemoryMarshal.GetReference(bytes), (nuint)bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted: break;
                case TryAgain: Thread.Sleep(1); break; // Another program made the shared terminal or pipe non-blocking.
                case BrokenPipe or BadDescriptor: return;
                case var error: throw new IOException(Marshal.GetPInvokeErrorMessage(error));
            }
        }
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint write(int descriptor, ref byte bytes, nuint count);
}
