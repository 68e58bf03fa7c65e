using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Diesel's migrations: <c>2024-01-01-120000_name/up.sql</c> and <c>down.sql</c>, with settings in <c>metadata.toml</c>.</summary>
/// <remarks>Source: diesel_migrations' documentation of <c>FileBasedMigrations</c>; versions are kept without dashes, as in its table.</remarks>
internal sealed partial class DieselFormat : IMigrationFormat
{
    public string Name => "diesel";

    public string Looks => "2024-01-01-120000_name/up.sql with down.sql";

    public IReadOnlyList<(string File, string Text)> NewFiles(string version, string slug, MigrationSeries series) =>
        [($"{Dashed(version)}_{slug}/up.sql", "-- Write the change here.\n"), ($"{Dashed(version)}_{slug}/down.sql", "-- Undo what the up file does.\n")];

    public FormatClaim? Claim(SeriesFolder folder) => FormatClaim.ByName(folder.Files.FirstOrDefault(file => Up().IsMatch(file)));

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        var stray = folder.Folders.FirstOrDefault(name => !Directory().IsMatch(name)) ?? folder.TopFiles.FirstOrDefault()
            ?? folder.Files.FirstOrDefault(file => !UpOrDown().IsMatch(file));
        if (stray is not null)
        {
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{folder.Show(stray)} is not named as a migration of Diesel",
                "Name the folder VERSION_name, VERSION of digits and dashes, with up.sql and down.sql in it.", new SourcePosition(folder.Show(stray), 1, 1));
        }

        return [.. folder.Folders.Select(name => Read(folder, name))];
    }

    private static string Dashed(string version) => version.Length == 14 ? $"{version[..4]}-{version[4..6]}-{version[6..8]}-{version[8..]}" : version;

    private static Migration Read(SeriesFolder folder, string name)
    {
        var match = Directory().Match(name);
        if (!folder.Has($"{name}/up.sql") || !MigrationVersion.TryParse(match.Groups["version"].Value.Replace("-", "", StringComparison.Ordinal), out var version))
        {
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"the migration folder {folder.Show(name)} has no up.sql", "Put up.sql back, or remove the folder.", new SourcePosition(folder.Show(name), 1, 1));
        }

        var noTransaction = !RunsInTransaction(folder, $"{name}/metadata.toml");
        var down = folder.Has($"{name}/down.sql") ? ScriptContent.WayBack(Script($"{name}/down.sql")) : null;
        return new Migration(version.Text, MigrationKind.Versioned, version, match.Groups["name"].Value.Replace('_', ' '), ScriptContent.Runnable(Script($"{name}/up.sql")), down);

        MigrationScript Script(string file)
        {
            var script = folder.Read(file);
            return script with { NoTransaction = script.NoTransaction || noTransaction };
        }
    }

    private static bool RunsInTransaction(SeriesFolder folder, string file)
    {
        var runs = true;
        if (!folder.Has(file))
            return runs;
        foreach (var line in ScriptLine.Of(MigrationScript.ReadText(folder.FullPath(file), folder.Show(file))))
        {
            var setting = line.Text.Split('#')[0].Trim();
            if (setting.Length == 0)
                continue;
            runs = string.Concat(setting.Where(c => !char.IsWhiteSpace(c))) switch
            {
                "run_in_transaction=true" => true,
                "run_in_transaction=false" => false,
                _ => throw new LockkeeperException(
                    MigrateErrors.BadScriptSettings, $"'{setting}' is not a known setting of a Diesel migration", "Known: run_in_transaction = true or false.",
                    new SourcePosition(folder.Show(file), line.Number, 1)),
            };
        }

        return runs;
    }

    [GeneratedRegex(@"^[^/]+/up\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Up();

    [GeneratedRegex(@"^[^/]+/(up|down)\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UpOrDown();

    [GeneratedRegex(@"^(?<version>\d[\d-]*)(_(?<name>.*))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Directory();
}
