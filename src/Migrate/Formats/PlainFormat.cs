using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Numbered SQL files: <c>000001.sql</c>, <c>0001_name.sql</c>, <c>7-name.sql</c>. There are no down files.</summary>
internal sealed partial class PlainFormat : IMigrationFormat
{
    public string Name => "plain";

    public string Looks => "0001.sql or 0001_name.sql";

    public IReadOnlyList<(string File, string Text)> NewFiles(string version, string slug, MigrationSeries series) =>
        [($"{version}_{slug}.sql", "-- Write the change here.\n")];

    public FormatClaim? Claim(SeriesFolder folder) => FormatClaim.ByName(folder.TopFiles.FirstOrDefault(Owns));

    private static bool Owns(string file) => FileName().IsMatch(file) && !file.EndsWith(".up.sql", StringComparison.OrdinalIgnoreCase)
        && !file.EndsWith(".down.sql", StringComparison.OrdinalIgnoreCase) && !file.EndsWith(".baseline.sql", StringComparison.OrdinalIgnoreCase);

    public IReadOnlyList<Migration> Read(SeriesFolder folder) => [.. folder.TopFiles.Select(file => Read(folder, file))];

    private static Migration Read(SeriesFolder folder, string file)
    {
        var match = FileName().Match(file);
        if (!match.Success || !MigrationVersion.TryParse(match.Groups["version"].Value, out var version))
        {
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{folder.Show(file)} is not named as a migration",
                "Name it NUMBER.sql or NUMBER_name.sql, or move it out of the migrations folder.", new SourcePosition(folder.Show(file), 1, 1));
        }

        return new Migration(version.Text, MigrationKind.Versioned, version, match.Groups["name"].Value.Replace('_', ' '), folder.Read(file), null);
    }

    [GeneratedRegex(@"^(?<version>\d+)([-_.](?<name>.+))?\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();
}
