using System.Runtime.InteropServices;
using System.Threading.Channels;
using Lockkeeper.Cli.Running;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Screens;
using Lockkeeper.Kernel.Verbs;

#pragma warning disable RS0030 // A face is where the console belongs.

namespace Lockkeeper.Cli.Rendering;

/// <summary>The terminal, taken over for a live view and given back whatever happens.</summary>
internal sealed class TerminalScreen : IScreen
{
    private const int StandardInput = 0;
    private const int LookAgain = 100;

    /// <summary>How long after an escape the rest of a key's sequence may come.</summary>
    private const int RestOfKey = 40;

    private readonly Output output;
    private readonly bool colours;
    private readonly Redactor redactor;
    private readonly TerminalMode mode;
    private readonly CancellationTokenRegistration onCancel;
    private readonly Channel<KeyPress?> keys = Channel.CreateUnbounded<KeyPress?>();
    private readonly Thread reader;
    private readonly Lock gate = new();
    private IReadOnlyList<string> shown = [];
    private ScreenSize drawnFor;
    private volatile bool isGivenBack;

    private TerminalScreen(Output output, bool colours, Redactor redactor, TerminalMode mode, CancellationToken cancel)
    {
        (this.output, this.colours, this.redactor, this.mode) = (output, colours, redactor, mode);
        output.Write(Ansi.EnterScreen);
        // At once: what is under way may take a moment to stop, and a second Ctrl-C ends the process.
        onCancel = cancel.Register(GiveBack);
        reader = new Thread(Read) { IsBackground = true, Name = "keys" };
        reader.Start();
    }

    public ScreenSize Size
    {
        get
        {
            var (columns, rows) = WindowSize.OfOutput();
            return new ScreenSize(columns > 0 ? columns : 80, rows > 0 ? rows : 24);
        }
    }

    public bool IsOpen { get; private set; } = true;

    /// <summary>Takes the terminal over; null when there is none, or one that knows no control sequences.</summary>
    public static TerminalScreen? Open(Output output, IEnvironment environment, Redactor redactor, CancellationToken cancel)
    {
        if (!OperatingSystem.IsLinux() || Console.IsOutputRedirected || Console.IsInputRedirected || environment.Get("TERM") is null or "" or "dumb")
            return null;
        return TerminalMode.KeyByKey(StandardInput) is { } mode ? new TerminalScreen(output, Terminal.OfOutput(environment).Colours, redactor, mode, cancel) : null;
    }

    public void Draw(IReadOnlyList<ScreenLine> lines)
    {
        lock (gate)
        {
            if (isGivenBack)
                return;
            var size = Size;
            var before = size == drawnFor ? shown : [];
            IReadOnlyList<string> after = [.. Enumerable.Range(0, size.Rows).Select(i => i < lines.Count ? ScreenText.Of(lines[i], size.Columns, colours, text => Printable.Of(redactor.Redact(text))) : "")];
            output.TryWrite(ScreenText.Change(before, after));
            (shown, drawnFor) = (after, size);
        }
    }

    public async Task<KeyPress?> ReadAsync(CancellationToken cancel) => await keys.Reader.WaitToReadAsync(cancel) && keys.Reader.TryRead(out var key) ? key : null;

    public void Dispose()
    {
        onCancel.Dispose();
        GiveBack();
        reader.Join();
    }

    private void GiveBack()
    {
        lock (gate)
        {
            if (isGivenBack)
                return;
            isGivenBack = true;
            output.TryWrite(Ansi.LeaveScreen);
            mode.Restore();
        }
    }

    private void Read()
    {
        var buffer = new byte[256];
        var size = Size;
        while (!isGivenBack)
        {
            if (Size is var now && now != size)
            {
                size = now;
                keys.Writer.TryWrite(null);
            }

            var length = Available(buffer, LookAgain);
            if (length == 0)
                continue;
            if (length > 0 && KeyReader.IsUnfinished(buffer.AsSpan(0, length)))
                length += Math.Max(Available(buffer.AsSpan(length), RestOfKey), 0);
            if (length < 0)
                break;
            foreach (var key in KeyReader.Keys(buffer.AsSpan(0, length)))
                keys.Writer.TryWrite(key);
        }

        IsOpen = false;
        keys.Writer.TryComplete();
    }

    /// <summary>How many bytes came within a time; -1 when the terminal is gone.</summary>
    private static int Available(Span<byte> buffer, int milliseconds)
    {
        var wanted = new PollDescriptor { Descriptor = StandardInput, Events = 1 };
        // Interrupted by a signal: as if nothing had come.
        if (poll(ref wanted, 1, milliseconds) <= 0)
            return 0;
        var length = (int)read(StandardInput, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
        return length > 0 ? length : -1;
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint read(int descriptor, ref byte bytes, nuint count);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Results;
    }
}
