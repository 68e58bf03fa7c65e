using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Atlas' migrations: <c>20240101120000_name.sql</c> with <c>atlas.sum</c>, which must fit the files.</summary>
/// <remarks>Source: Atlas' documentation, "Migration directory" and "Directives", and its package sql/migrate as of 0.36.</remarks>
internal sealed partial class AtlasFormat : IMigrationFormat
{
    public string Name => "atlas";

    public string Looks => "20240101120000_name.sql with atlas.sum";

    public FormatClaim? Claim(SeriesFolder folder) => folder.Entry is not null ? null : FormatClaim.ByContent(folder.Has(AtlasSum.FileName) ? AtlasSum.FileName : null);

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        if (folder.TopFiles.FirstOrDefault(file => file.EndsWith(".down.sql", StringComparison.Ordinal)) is { } down)
        {
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{folder.Show(down)} is not a migration of Atlas, which has no down files",
                "Set the format of the tool whose names these are: lockkeeper for those of golang-migrate.", new SourcePosition(folder.Show(down), 1, 1));
        }

        AtlasSum.Check(folder);
        var migrations = folder.TopFiles.Select(file => Read(folder, file)).ToList();
        NameOrder.Check(migrations, "Atlas");
        return migrations;
    }

    private static Migration Read(SeriesFolder folder, string file)
    {
        var match = FileName().Match(file);
        if (!match.Success || !MigrationVersion.TryParse(match.Groups["version"].Value, out var version))
        {
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{folder.Show(file)} is not named as a migration with a version of digits",
                "Name it VERSION_name.sql, VERSION all digits, and run 'atlas migrate hash'.", new SourcePosition(folder.Show(file), 1, 1));
        }

        var (script, isCheckpoint) = AtlasDirectives.Apply(folder.Read(file));
        var name = match.Groups["name"].Value.Replace('_', ' ');
        return isCheckpoint
            ? new Migration($"B:{version}", MigrationKind.Baseline, version, name, ScriptContent.Runnable(script), null)
            : new Migration(version.Text, MigrationKind.Versioned, version, name, ScriptContent.Runnable(script), null);
    }

    [GeneratedRegex(@"^(?<version>\d+)(_(?<name>.*))?\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();
}
