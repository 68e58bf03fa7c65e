using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Lockkeeper's own format, the same as golang-migrate's: <c>0001_name.up.sql</c> with an optional <c>0001_name.down.sql</c>.</summary>
internal sealed partial class LockkeeperFormat : IMigrationFormat
{
    public string Name => "lockkeeper";

    public string Looks => "0001_name.up.sql with an optional 0001_name.down.sql";

    public IReadOnlyList<(string File, string Text)> NewFiles(string version, string slug, MigrationSeries series) =>
        [($"{version}_{slug}.up.sql", "-- Write the change here.\n"), ($"{version}_{slug}.down.sql", "-- Undo what the up file does.\n")];

    public FormatClaim? Claim(SeriesFolder folder) => FormatClaim.ByName(folder.TopFiles.FirstOrDefault(file => file.EndsWith(".up.sql", StringComparison.Ordinal)));

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        var ups = new List<(MigrationVersion Version, string Name, string File)>();
        var downs = new Dictionary<(MigrationVersion Version, string Name), string>();
        foreach (var file in folder.TopFiles)
        {
            var match = FileName().Match(file);
            if (!match.Success || !MigrationVersion.TryParse(match.Groups["version"].Value, out var version))
                throw BadName(folder, file);
            var name = match.Groups["name"].Value;
            if (match.Groups["direction"].Value == "up")
                ups.Add((version, name, file));
            else
                downs[(version, name)] = file;
        }

        var migrations = ups.Select(up => new Migration(
            up.Version.Text, MigrationKind.Versioned, up.Version, up.Name.Replace('_', ' '), folder.Read(up.File),
            downs.Remove((up.Version, up.Name), out var down) ? folder.Read(down) : null)).ToList();
        if (downs.Count > 0)
        {
            var orphan = downs.Values.First();
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{folder.Show(orphan)} undoes a migration that is not there",
                "Its version and name must be those of an .up.sql file.", new SourcePosition(folder.Show(orphan), 1, 1));
        }

        return migrations;
    }

    private static LockkeeperException BadName(SeriesFolder folder, string file) => new(
        MigrateErrors.BadFileName, $"{folder.Show(file)} is not named as a migration",
        "Name it VERSION_name.up.sql or VERSION_name.down.sql, VERSION all digits; 'lk migrate new NAME' does it.", new SourcePosition(folder.Show(file), 1, 1));

    [GeneratedRegex(@"^(?<version>\d+)_(?<name>.+)\.(?<direction>up|down)\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();
}
