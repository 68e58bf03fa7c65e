namespace Lockkeeper.Tests.TestKit.PostgreSql;

/// <summary>A folder of server programs whose servers, and all that these start, see a clock that a test sets. The files that they write are dated by the machine's, and now and then what PostgreSQL's archiver says of itself, which libfaketime 0.9.10 does not always reach.</summary>
public sealed class ShiftedClock : IDisposable
{
    private readonly TestFolder folder = new();

    private ShiftedClock()
    {
    }

    /// <summary>The folder of the programs.</summary>
    public string Binaries => folder.Path;

    /// <summary>Makes one of this machine's programs. Its clock is right.</summary>
    public static ShiftedClock Create()
    {
        var binaries = Directory.GetFiles("/usr/lib/postgresql", "pg_ctl", SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!).Order(StringComparer.Ordinal).LastOrDefault()
            ?? throw new InvalidOperationException("there are no server programs\nHINT: eng/setup test installs them");
        var library = Directory.EnumerateFiles("/usr/lib", "libfaketime.so.1", SearchOption.AllDirectories).FirstOrDefault()
            ?? throw new InvalidOperationException("libfaketime is missing\nHINT: eng/setup test installs it");
        var clock = new ShiftedClock();
        File.SetUnixFileMode(clock.folder.Path, (UnixFileMode)0b111_101_101);
        foreach (var program in Directory.GetFiles(binaries))
            File.CreateSymbolicLink(clock.folder[Path.GetFileName(program)], program);
        clock.Set(TimeSpan.Zero);
        // pg_ctl hands its environment on to the server, and that to the commands that it calls. Waiting goes by the clock that nobody sets.
        File.Delete(clock.folder["pg_ctl"]);
        clock.folder.Write("pg_ctl", $"#!/bin/sh\nLD_PRELOAD={library} FAKETIME_TIMESTAMP_FILE={clock.folder["offset"]} FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 exec {Path.Combine(binaries, "pg_ctl")} \"$@\"\n");
        File.SetUnixFileMode(clock.folder["pg_ctl"], (UnixFileMode)0b111_101_101);
        return clock;
    }

    /// <summary>Sets the clock.</summary>
    /// <param name="offset">By how much it is ahead.</param>
    public void Set(TimeSpan offset)
    {
        // Read at every look at the clock: it is exchanged whole.
        folder.Write("offset.new", $"{(offset < TimeSpan.Zero ? "-" : "+")}{(int)offset.Duration().TotalSeconds}s\n");
        File.SetUnixFileMode(folder["offset.new"], (UnixFileMode)0b110_100_100);
        File.Move(folder["offset.new"], folder["offset"], overwrite: true);
    }

    public void Dispose() => folder.Dispose();
}
