using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>goose's SQL migrations: <c>00001_name.sql</c> with <c>-- +goose Up</c> and <c>-- +goose Down</c>.</summary>
/// <remarks>Source: goose's documentation, "SQL migrations", and its parser as of 3.24.</remarks>
internal sealed partial class GooseFormat : IMigrationFormat
{
    public string Name => "goose";

    public string Looks => "00001_name.sql with '-- +goose Up'";

    public IReadOnlyList<(string File, string Text)> NewFiles(string version, string slug, MigrationSeries series) =>
        [($"{version}_{slug}.sql", "-- +goose Up\n-- Write the change here.\n\n-- +goose Down\n-- Undo it here.\n")];

    public FormatClaim? Claim(SeriesFolder folder) =>
        FormatClaim.ByContent(ContentMarker.Find(folder, folder.TopFiles.Where(file => FileName().IsMatch(file)), GooseScript.IsMarked))
        ?? FormatClaim.ByName(folder.TopFiles.Any() ? null : folder.OtherFiles("*.go").FirstOrDefault(file => GoFile().IsMatch(file)));

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        if (folder.OtherFiles("*.go").FirstOrDefault(file => GoFile().IsMatch(file)) is { } code)
        {
            throw new LockkeeperException(
                MigrateErrors.NotSupported, $"{folder.Show(code)} is a migration in Go, which only a program that is built with goose can run",
                "Write what it does as SQL under the same version, in a file that ends in .sql.", new SourcePosition(folder.Show(code), 1, 1));
        }

        return [.. folder.TopFiles.Select(file => Read(folder, file))];
    }

    private static Migration Read(SeriesFolder folder, string file)
    {
        var match = FileName().Match(file);
        if (!match.Success || !MigrationVersion.TryParse(match.Groups["version"].Value, out var version))
        {
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{folder.Show(file)} is not named as a goose migration",
                "Name it VERSION_name.sql, VERSION all digits, or move it out of the folder.", new SourcePosition(folder.Show(file), 1, 1));
        }

        var (up, down) = GooseScript.Parse(MigrationScript.ReadText(folder.FullPath(file), folder.Show(file)), folder.Show(file));
        return new Migration(version.Text, MigrationKind.Versioned, version, match.Groups["name"].Value.Replace('_', ' '), up, down);
    }

    [GeneratedRegex(@"^(?<version>\d+)_(?<name>.+)\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^\d+_.+(?<!_test)\.go$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex GoFile();
}
