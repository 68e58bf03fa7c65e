using System.Collections.Concurrent;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running;

/// <summary>The files of a release, read once and each script parsed once for all tenants.</summary>
/// <param name="series">The series.</param>
internal sealed class ParsedRelease(MigrationSeries series)
{
    /// <summary>A script has as many texts as its placeholders have values; where they differ from tenant to tenant, keeping all of them is not worth it.</summary>
    private readonly int most = 8 * (series.Migrations.Count + 1);

    private readonly ConcurrentDictionary<(string Server, MigrationScript Script, ScriptText Text), Lazy<IPreparedScript>> parsed = [];

    /// <summary>The series.</summary>
    public MigrationSeries Series { get; } = series;

    /// <summary>A script, split, parsed and checked.</summary>
    /// <param name="server">The server's version, which decides what is known of its syntax.</param>
    /// <param name="script">The script.</param>
    /// <param name="text">Its text with the placeholders replaced.</param>
    /// <param name="target">Parses it; no connection is needed.</param>
    public IPreparedScript Prepare(string server, MigrationScript script, ScriptText text, IMigrationTarget target) => parsed.Count < most
        ? parsed.GetOrAdd((server, script, text), _ => new Lazy<IPreparedScript>(() => target.Prepare(script, text))).Value
        : parsed.TryGetValue((server, script, text), out var known) ? known.Value : target.Prepare(script, text);
}
