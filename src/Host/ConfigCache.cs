using Lockkeeper.Kernel.Config;

namespace Lockkeeper.Host;

/// <summary>The configuration of a process that runs for long, read again only when its file has changed: one of a thousand databases takes a while to read.</summary>
/// <param name="folder">Where to look for it.</param>
/// <param name="configFile">The file that was named; null for the nearest.</param>
public sealed class ConfigCache(string folder, string? configFile)
{
    private readonly Lock gate = new();
    private (DateTime Written, long Length, LocatedConfig Config)? known;

    /// <summary>The configuration as it is now.</summary>
    /// <param name="read">Reads it.</param>
    public LocatedConfig Get(Func<LocatedConfig> read)
    {
        var file = new FileInfo(configFile is null ? ConfigReader.Find(folder) : Path.GetFullPath(configFile, folder));
        lock (gate)
        {
            if (known is { } had && file.Exists && had.Written == file.LastWriteTimeUtc && had.Length == file.Length)
                return had.Config;
        }

        // What is written while it is read has another time than the one that is kept.
        var (written, length) = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        var config = read();
        lock (gate)
            known = (written, length, config);
        return config;
    }
}
