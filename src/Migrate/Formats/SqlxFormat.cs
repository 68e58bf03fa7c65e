using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>sqlx's migrations: <c>20240101120000_name.sql</c>, or <c>.up.sql</c> with <c>.down.sql</c>; <c>-- no-transaction</c> on the first line.</summary>
/// <remarks>Source: sqlx-core's documentation of <c>migrate::MigrationSource</c>. Names are also those of the plain and Lockkeeper's own format, so only what sqlx alone writes tells it.</remarks>
internal sealed partial class SqlxFormat : IMigrationFormat
{
    private const string NoTransaction = "-- no-transaction";

    private static readonly string[] Controls = ["../sqlx.toml", "../.sqlx"];

    public string Name => "sqlx";

    public string Looks => "20240101120000_name.sql or .up.sql beside sqlx.toml or .sqlx, or with '-- no-transaction' on its first line";

    /// <summary>sqlx refuses a folder in which some migrations have a way back and others have none.</summary>
    public IReadOnlyList<(string File, string Text)> NewFiles(string version, string slug, MigrationSeries series) =>
        series.Migrations.Any(migration => migration.Down is not null)
            ? [($"{version}_{slug}.up.sql", "-- Write the change here.\n"), ($"{version}_{slug}.down.sql", "-- Undo what the up file does.\n")]
            : [($"{version}_{slug}.sql", "-- Write the change here.\n")];

    public FormatClaim? Claim(SeriesFolder folder)
    {
        var files = folder.TopFiles.Where(file => FileName().IsMatch(file));
        var control = Controls.FirstOrDefault(name => Path.Exists(folder.FullPath(name)));
        return FormatClaim.ByContent(control is not null && files.Any() ? control : ContentMarker.Find(folder, files, text => text.StartsWith(NoTransaction, StringComparison.Ordinal)));
    }

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        var downs = new Dictionary<MigrationVersion, string>();
        var ups = new List<(MigrationVersion Version, string Name, string File)>();
        foreach (var file in folder.TopFiles)
        {
            var match = FileName().Match(file);
            if (!match.Success || !MigrationVersion.TryParse(match.Groups["version"].Value, out var version))
            {
                throw new LockkeeperException(
                    MigrateErrors.BadFileName, $"{folder.Show(file)} is not named as a sqlx migration",
                    "Name it VERSION_name.sql, VERSION_name.up.sql or VERSION_name.down.sql, or move it out of the folder.", new SourcePosition(folder.Show(file), 1, 1));
            }

            if (match.Groups["direction"].Value != ".down")
                ups.Add((version, match.Groups["name"].Value, file));
            else if (!downs.TryAdd(version, file))
                throw new LockkeeperException(MigrateErrors.DuplicateVersion, $"the way back of version {version} stands twice: {folder.Show(downs[version])} and {folder.Show(file)}", "Remove one of them.", new SourcePosition(folder.Show(file), 1, 1));
        }

        var migrations = ups.Select(up => new Migration(
            up.Version.Text, MigrationKind.Versioned, up.Version, up.Name.Replace('_', ' '), ScriptContent.Runnable(Script(folder, up.File)),
            downs.Remove(up.Version, out var down) ? ScriptContent.WayBack(Script(folder, down)) : null)).ToList();
        return downs.Count == 0 ? migrations : throw new LockkeeperException(
            MigrateErrors.BadFileName, $"{folder.Show(downs.Values.First())} undoes a migration that is not there",
            "Its version must be that of an .up.sql file.", new SourcePosition(folder.Show(downs.Values.First()), 1, 1));
    }

    private static MigrationScript Script(SeriesFolder folder, string file)
    {
        var script = folder.Read(file);
        return script with { NoTransaction = script.NoTransaction || script.Head.StartsWith(NoTransaction, StringComparison.Ordinal) };
    }

    [GeneratedRegex(@"^(?<version>\d+)_(?<name>.+?)(?<direction>\.up|\.down)?\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();
}
