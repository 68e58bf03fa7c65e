using System.Text;

#pragma warning disable RS0030 // A face is where the console belongs.

namespace Lockkeeper.Cli.Running;

/// <summary>Standard output and standard error as bytes: the console's own writers cost start-up time and are not needed.</summary>
internal sealed class Output(Stream stream) : IDisposable
{
    private readonly Lock gate = new();

    public static Output Standard() => new(Console.OpenStandardOutput());

    public static Output Errors() => new(Console.OpenStandardError());

    /// <summary>Writes a text whose secrets have been taken out. A reader that went away (<c>lk … | head</c>) is no error.</summary>
    public void Write(string text)
    {
        lock (gate)
        {
            try
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush();
            }
            catch (IOException)
            {
                // Nobody reads any more, or the disk that output goes to is full: the exit code still tells how the verb ended.
            }
        }
    }

    public void Dispose() => stream.Dispose();
}
