using System.Text;
using Lockkeeper.Kernel.Errors;

#pragma warning disable RS0030 // A face is where the console belongs.

namespace Lockkeeper.Cli.Running;

/// <summary>Takes bytes.</summary>
internal delegate void ByteSink(ReadOnlySpan<byte> bytes);

/// <summary>Standard output or standard error: text from any thread, whole pieces at a time.</summary>
internal sealed class Output(ByteSink sink)
{
    private readonly Lock gate = new();

    public static Output Standard() => new(OperatingSystem.IsLinux() ? bytes => Descriptor.Write(Descriptor.StandardOutput, bytes) : Console.OpenStandardOutput().Write);

    public static Output Errors() => new(OperatingSystem.IsLinux() ? bytes => Descriptor.Write(Descriptor.StandardError, bytes) : Console.OpenStandardError().Write);

    /// <summary>Writes a text whose secrets have been taken out.</summary>
    /// <exception cref="LockkeeperException">It cannot be written.</exception>
    public void Write(string text)
    {
        try
        {
            lock (gate)
                sink(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException e)
        {
            throw new LockkeeperException(KernelErrors.OutputLost, $"the output cannot be written: {e.Message}", "Write it to another place, or make room on the disk.", inner: e);
        }
    }

    /// <summary>Writes what may get lost, such as progress.</summary>
    public void TryWrite(string text)
    {
        try
        {
            Write(text);
        }
        catch (LockkeeperException)
        {
            // There is no further place to say so.
        }
    }
}
