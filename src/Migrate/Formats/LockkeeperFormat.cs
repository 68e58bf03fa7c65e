using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Lockkeeper's own format, the same as golang-migrate's: <c>0001_name.up.sql</c> with an optional <c>0001_name.down.sql</c>; a baseline that
/// stands for the migrations up to its version, <c>0001_name.baseline.sql</c>, is its own.</summary>
internal sealed partial class LockkeeperFormat : IMigrationFormat
{
    public string Name => "lockkeeper";

    public string Looks => "0001_name.up.sql with an optional 0001_name.down.sql";

    public IReadOnlyList<(string File, string Text)> NewFiles(string version, string slug, MigrationSeries series) =>
        [($"{version}_{slug}.up.sql", "-- Write the change here.\n"), ($"{version}_{slug}.down.sql", "-- Undo what the up file does.\n")];

    public FormatClaim? Claim(SeriesFolder folder) => FormatClaim.ByName(folder.TopFiles.FirstOrDefault(file => file.EndsWith(".up.sql", StringComparison.Ordinal) || file.EndsWith(".baseline.sql", StringComparison.Ordinal)));

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        var ups = new List<(MigrationVersion Version, string Name, string File)>();
        var baselines = new List<Migration>();
        var downs = new Dictionary<(MigrationVersion Version, string Name), string>();
        foreach (var file in folder.TopFiles)
        {
            var match = FileName().Match(file);
            if (!match.Success || !MigrationVersion.TryParse(match.Groups["version"].Value, out var version))
                throw BadName(folder, file);
            var name = match.Groups["name"].Value;
            switch (match.Groups["direction"].Value)
            {
                case "up": ups.Add((version, name, file)); break;
                case "down": downs[(version, name)] = file; break;
                default: baselines.Add(new Migration($"B:{version}", MigrationKind.Baseline, version, name.Replace('_', ' '), folder.Read(file), null)); break;
            }
        }

        var scripts = folder.ReadAll([.. ups.Select(up => up.File)]);
        var migrations = ups.Select((up, index) => new Migration(
            up.Version.Text, MigrationKind.Versioned, up.Version, up.Name.Replace('_', ' '), scripts[index],
            downs.Remove((up.Version, up.Name), out var down) ? folder.Read(down) : null)).ToList();
        if (downs.Count > 0)
        {
            var orphan = downs.Values.First();
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{folder.Show(orphan)} undoes a migration that is not there",
                "Its version and name must be those of an .up.sql file.", new SourcePosition(folder.Show(orphan), 1, 1));
        }

        return [.. baselines, .. migrations];
    }

    private static LockkeeperException BadName(SeriesFolder folder, string file) => new(
        MigrateErrors.BadFileName, $"{folder.Show(file)} is not named as a migration",
        "Name it VERSION_name.up.sql or VERSION_name.down.sql, VERSION all digits; 'lk migrate new NAME' does it.", new SourcePosition(folder.Show(file), 1, 1));

    [GeneratedRegex(@"^(?<version>\d+)_(?<name>.+)\.(?<direction>up|down|baseline)\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();
}
