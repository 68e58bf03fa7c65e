using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>Removes clusters that programs keep for their next run, and that nobody has started for long: nobody tells when their project is gone.</summary>
internal static class IdleClusters
{
    /// <summary>Removes them. Those that run, or that another program works on, stay.</summary>
    /// <param name="prefix">How their names begin.</param>
    /// <param name="age">For how long they may lie idle.</param>
    /// <param name="most">How many may stay; those that were started last do.</param>
    /// <param name="ports">The outside.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task RemoveAsync(string prefix, TimeSpan age, int most, SandboxPorts ports, CancellationToken cancel)
    {
        var folder = SandboxFolder.Open(ports);
        var now = ports.Clock.GetUtcNow();
        var kept = folder.Lasting().Where(one => one.State.Name.StartsWith(prefix, StringComparison.Ordinal)).OrderByDescending(one => LastStart(one.State, one.Place)).ToList();
        foreach (var (state, place) in kept.Where((one, i) => i >= most || now - LastStart(one.State, one.Place) > age))
        {
            using var claim = folder.TryLock(state.Name);
            if (claim is null || Postmaster.Read(place.Data) is not null)
                continue;
            try
            {
                await SandboxFolder.RemoveAsync(place, ports, cancel);
            }
            catch (LockkeeperException e) when (e.Code == SandboxErrors.DidNotStop)
            {
                // The next one finds it again.
            }
        }
    }

    /// <summary>The server writes this file at each start and leaves it.</summary>
    private static DateTimeOffset LastStart(SandboxState state, ClusterPlace place)
    {
        var options = new FileInfo(Path.Combine(place.Data, "postmaster.opts"));
        return options.Exists ? new DateTimeOffset(options.LastWriteTimeUtc, TimeSpan.Zero) : state.Created;
    }
}
