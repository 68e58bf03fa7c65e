using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Supabase's migrations: <c>supabase/migrations/20240101120000_name.sql</c> beside <c>supabase/config.toml</c>.</summary>
/// <remarks>Source: Supabase's documentation, "Database migrations". There is no way back and no directive; seeds and roles are not migrations.</remarks>
internal sealed partial class SupabaseFormat : IMigrationFormat
{
    private const string Config = "../config.toml";

    public string Name => "supabase";

    public string Looks => "supabase/migrations/20240101120000_name.sql beside supabase/config.toml";

    public IReadOnlyList<(string File, string Text)> NewFiles(string version, string slug, MigrationSeries series) =>
        [($"{version}_{slug}.sql", "-- Write the change here.\n")];

    public FormatClaim? Claim(SeriesFolder folder)
    {
        var isThere = folder.Entry is null && Path.GetFileName(Path.GetDirectoryName(folder.Path)) == "supabase" && folder.Has(Config) && folder.TopFiles.Any();
        return FormatClaim.ByContent(isThere ? Config : null);
    }

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        var migrations = folder.TopFiles.Select(file => Read(folder, file)).ToList();
        NameOrder.Check(migrations, "Supabase");
        return migrations;
    }

    private static Migration Read(SeriesFolder folder, string file)
    {
        var match = FileName().Match(file);
        if (match.Success && MigrationVersion.TryParse(match.Groups["version"].Value, out var version))
            return new Migration(version.Text, MigrationKind.Versioned, version, match.Groups["name"].Value.Replace('_', ' '), ScriptContent.Runnable(folder.Read(file)), null);
        throw new LockkeeperException(
            MigrateErrors.BadFileName, $"{folder.Show(file)} is not named as a Supabase migration, which passes over it",
            "Name it VERSION_name.sql, VERSION fourteen digits of date and time, or move it out of the folder.", new SourcePosition(folder.Show(file), 1, 1));
    }

    [GeneratedRegex(@"^(?<version>\d{14})_(?<name>.*)\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();
}
