using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Evolve's migrations: <c>V1_0__name.sql</c>, <c>R__name.sql</c>, with options in the first lines.</summary>
/// <remarks>Source: Evolve's documentation, "Script options", and its class MigrationScript as of 3.2. The names are Flyway's too, so only an option tells it.</remarks>
internal sealed partial class EvolveFormat : IMigrationFormat
{
    public string Name => "evolve";

    public string Looks => "V1_0__name.sql, R__name.sql with an option such as '-- evolve-tx-off' on the first line";

    public IReadOnlyList<(string File, string Text)> NewFiles(string version, string slug, MigrationSeries series) =>
        [($"V{version}__{slug}.sql", "-- Write the change here.\n")];

    public FormatClaim? Claim(SeriesFolder folder) => FormatClaim.ByContent(
        ContentMarker.Find(folder, folder.Files.Where(file => FileName().IsMatch(LastPart(file))), IsMarked)
        ?? ContentMarker.Find(folder, folder.Files.Where(file => LastPart(file).StartsWith("R__", StringComparison.Ordinal)), IsMarked));

    public IReadOnlyList<Migration> Read(SeriesFolder folder) => [.. folder.Files.Select(file => Read(folder, file))];

    private static Migration Read(SeriesFolder folder, string file)
    {
        var match = FileName().Match(LastPart(file));
        MigrationVersion? version = null;
        var text = match.Groups["version"].Value.Replace('_', '.');
        var repeats = match.Groups["prefix"].Value == "R";
        if (!match.Success || (repeats ? text.Length > 0 : !MigrationVersion.TryParse(text, out version)))
        {
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{folder.Show(file)} is not named as a migration of Evolve",
                "Name it V<version>__name.sql or R__name.sql, with two underscores before the name.", new SourcePosition(folder.Show(file), 1, 1));
        }

        var script = folder.Read(file);
        var options = EvolveOptions.Read(script, repeats);
        script = ScriptContent.Runnable(script with { NoTransaction = script.NoTransaction || options.NoTransaction });
        var name = match.Groups["name"].Value.Replace('_', ' ');
        return repeats
            ? new Migration($"R:{name}", MigrationKind.Repeatable, null, name, script, null) { RunAlways = options.RunAlways }
            : new Migration(version!.Text, MigrationKind.Versioned, version, name, script, null);
    }

    private static bool IsMarked(string beginning) => ScriptLine.Of(beginning).TakeWhile(EvolveOptions.IsOption).Any();

    private static string LastPart(string file) => file[(file.LastIndexOf('/') + 1)..];

    [GeneratedRegex(@"^(?<prefix>[VR])(?<version>[0-9._]*?)__(?<name>.*)\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();
}
