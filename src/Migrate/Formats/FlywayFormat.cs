using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Flyway's SQL migrations: <c>V1_2__name.sql</c>, <c>U1_2__name.sql</c>, <c>R__name.sql</c>, <c>B1_2__name.sql</c>, with <c>.conf</c> files beside.</summary>
/// <remarks>Source: Flyway's documentation, "Migrations" and "Script configuration". Folders below are read too, as Flyway does.</remarks>
internal sealed partial class FlywayFormat : IMigrationFormat
{
    public string Name => "flyway";

    public string Looks => "V1__name.sql, R__name.sql, U1__name.sql, B1__name.sql";

    public IReadOnlyList<(string File, string Text)> NewFiles(string version, string slug, MigrationSeries series) =>
        [($"V{version}__{slug}.sql", "-- Write the change here.\n")];

    public FormatClaim? Claim(SeriesFolder folder) => FormatClaim.ByName(folder.Files.FirstOrDefault(file => FileName().IsMatch(LastPart(file))));

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        var migrations = new List<Migration>();
        var undos = new Dictionary<MigrationVersion, MigrationScript>();
        foreach (var file in folder.Files)
        {
            var match = FileName().Match(LastPart(file));
            var version = Version(folder, file, match);
            var script = folder.Read(file);
            var settings = FlywayScriptSettings.Read(folder.FullPath(file) + ".conf", folder.Show(file) + ".conf");
            script = settings.Apply(script);
            var name = match.Groups["name"].Value.Replace('_', ' ');
            switch (match.Groups["prefix"].Value)
            {
                case "U" when !undos.TryAdd(version!, script): throw Twice(version!, undos[version!], script);
                case "U": break;
                case "R": migrations.Add(Migration($"R:{name}", MigrationKind.Repeatable, null)); break;
                case "B": migrations.Add(Migration($"B:{version}", MigrationKind.Baseline, version)); break;
                default: migrations.Add(Migration(version!.Text, MigrationKind.Versioned, version)); break;
            }

            Migration Migration(string id, MigrationKind kind, MigrationVersion? at) =>
                new(id, kind, at, name, script, null) { Disabled = !settings.ShouldExecute, OutOfOrder = settings.OutOfOrder };
        }

        return [.. migrations.Select(migration => migration is { Kind: MigrationKind.Versioned } && undos.TryGetValue(migration.Version!, out var undo)
            ? migration with { Down = undo } : migration)];
    }

    private static MigrationVersion? Version(SeriesFolder folder, string file, Match match)
    {
        MigrationVersion? version = null;
        var text = match.Groups["version"].Value.Replace('_', '.');
        var repeatable = match.Groups["prefix"].Value == "R";
        if (match.Success && (repeatable ? text.Length == 0 : MigrationVersion.TryParse(text, out version)))
            return version;
        if (Callback().IsMatch(LastPart(file)))
        {
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{folder.Show(file)} is a callback of Flyway, and callbacks are not run here",
                "Move it out of the folder; what it does can be a repeatable migration, or a gate of the environment.", new SourcePosition(folder.Show(file), 1, 1));
        }

        throw new LockkeeperException(
            MigrateErrors.BadFileName, $"{folder.Show(file)} is not named as a Flyway migration",
            "Name it V<version>__name.sql, U<version>__name.sql, B<version>__name.sql or R__name.sql, with two underscores before the name.",
            new SourcePosition(folder.Show(file), 1, 1));
    }

    private static LockkeeperException Twice(MigrationVersion version, MigrationScript first, MigrationScript second) => new(
        MigrateErrors.DuplicateVersion, $"the way back of version {version} stands twice: {first.File} and {second.File}", "Remove one of them.", second.At);

    private static string LastPart(string file) => file[(file.LastIndexOf('/') + 1)..];

    [GeneratedRegex(@"^(?<prefix>[VURB])(?<version>[0-9._]*?)__(?<name>.*)\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^(before|after|create)[A-Z][A-Za-z]*(__.*)?\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Callback();
}
