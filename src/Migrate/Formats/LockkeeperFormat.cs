using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Lockkeeper's own format, the same as golang-migrate's: <c>0001_name.up.sql</c> with an optional <c>0001_name.down.sql</c>; a baseline that
/// stands for the migrations up to its version, <c>0001_name.baseline.sql</c>, is its own.</summary>
internal sealed class LockkeeperFormat : IMigrationFormat
{
    public string Name => "lockkeeper";

    public string Looks => "0001_name.up.sql with an optional 0001_name.down.sql";

    public IReadOnlyList<(string File, string Text)> NewFiles(string version, string slug, MigrationSeries series) =>
        [($"{version}_{slug}.up.sql", "-- Write the change here.\n"), ($"{version}_{slug}.down.sql", "-- Undo what the up file does.\n")];

    public FormatClaim? Claim(SeriesFolder folder) => FormatClaim.ByName(folder.TopFiles.FirstOrDefault(file => file.EndsWith(".up.sql", StringComparison.Ordinal) || file.EndsWith(".baseline.sql", StringComparison.Ordinal)));

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        var ups = new List<FileName>();
        var baselines = new List<Migration>();
        var downs = new Dictionary<FileName, string>();
        foreach (var file in folder.TopFiles)
        {
            var name = FileName.Of(file) ?? throw BadName(folder, file);
            switch (name.Direction)
            {
                case "up": ups.Add(name); break;
                case "down": downs[name with { Direction = "up" }] = file; break;
                default: baselines.Add(new Migration($"B:{name.Version}", MigrationKind.Baseline, name.Version, name.Words, folder.Read(file), null)); break;
            }
        }

        var scripts = folder.ReadAll([.. ups.Select(up => up.ToString())]);
        var migrations = ups.Select((up, index) => new Migration(
            up.Version.Text, MigrationKind.Versioned, up.Version, up.Words, scripts[index], downs.Remove(up, out var down) ? folder.Read(down) : null)).ToList();
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

    /// <summary>The parts of <c>VERSION_name.DIRECTION.sql</c>.</summary>
    private sealed record FileName(MigrationVersion Version, string Name, string Direction)
    {
        private const string Ending = ".sql";

        /// <summary>The name in words.</summary>
        public string Words => Name.Replace('_', ' ');

        /// <summary>Reads a name; null when it is none of a migration.</summary>
        public static FileName? Of(string file)
        {
            if (!file.EndsWith(Ending, StringComparison.Ordinal))
                return null;
            var dot = file.LastIndexOf('.', Math.Max(0, file.Length - Ending.Length - 1));
            var end = 0;
            while (end < file.Length && char.IsAsciiDigit(file[end]))
                end++;
            if (end == 0 || file[end] != '_' || file.Contains('\n', StringComparison.Ordinal) || dot < end + 2 || file[(dot + 1)..^Ending.Length] is not ("up" or "down" or "baseline") || !MigrationVersion.TryParse(file[..end], out var version))
                return null;
            return new FileName(version, file[(end + 1)..dot], file[(dot + 1)..^Ending.Length]);
        }

        public override string ToString() => $"{Version.Text}_{Name}.{Direction}{Ending}";
    }
}
