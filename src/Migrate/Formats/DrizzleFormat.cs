using System.Globalization;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Drizzle's migrations: files in the order of <c>meta/_journal.json</c>, or since Drizzle 1.0 a folder each with <c>migration.sql</c> and <c>snapshot.json</c>.</summary>
/// <remarks>Source: drizzle-orm's <c>readMigrationFiles</c>. <c>--> statement-breakpoint</c> is a comment for PostgreSQL, and the statements are found without it.</remarks>
internal sealed class DrizzleFormat : IMigrationFormat
{
    private const string Journal = "meta/_journal.json";
    private const string Script = "migration.sql";
    private const string Snapshot = "snapshot.json";

    public string Name => "drizzle";

    public string Looks => "0000_name.sql with meta/_journal.json, or 20240101120000_name/migration.sql with snapshot.json";

    public bool KeepsOrder => true;

    public FormatClaim? Claim(SeriesFolder folder) =>
        folder.Entry is not null ? null
        : FormatClaim.ByContent(folder.Has(Journal) ? Journal : folder.Folders.Where(Both(folder)).Select(name => $"{name}/{Snapshot}").FirstOrDefault());

    private static Func<string, bool> Both(SeriesFolder folder) => name => folder.Has($"{name}/{Script}") && folder.Has($"{name}/{Snapshot}");

    public IReadOnlyList<Migration> Read(SeriesFolder folder) => folder.Has(Journal) ? ByJournal(folder) : ByFolder(folder);

    private static List<Migration> ByJournal(SeriesFolder folder)
    {
        var left = folder.TopFiles.ToHashSet(StringComparer.Ordinal);
        var migrations = new List<Migration>();
        foreach (var (tag, when) in DrizzleJournal.Entries(MigrationScript.ReadText(folder.FullPath(Journal), folder.Show(Journal)), folder.Show(Journal)))
        {
            if (!folder.Has($"{tag}.sql"))
                throw new LockkeeperException(MigrateErrors.BadFileName, $"{folder.Show(tag)}.sql is in the journal and not in the folder", "Put the file back, or remove its entry with drizzle-kit drop.", new SourcePosition(folder.Show(Journal), 1, 1));
            left.Remove($"{tag}.sql");
            migrations.Add(Migration(tag, folder.Read($"{tag}.sql")) with { RecordedAs = when?.ToString(CultureInfo.InvariantCulture) });
        }

        return left.Count == 0 ? migrations : throw new LockkeeperException(
            MigrateErrors.BadFileName, $"{folder.Show(left.Order(StringComparer.Ordinal).First())} is not in the journal, so Drizzle would pass over it",
            "Make migrations with drizzle-kit generate, with --custom for your own SQL, or move the file out of the folder.", new SourcePosition(folder.Show(left.Order(StringComparer.Ordinal).First()), 1, 1));
    }

    private static List<Migration> ByFolder(SeriesFolder folder)
    {
        var stray = folder.TopFiles.FirstOrDefault() ?? folder.Folders.FirstOrDefault(name => !folder.Has($"{name}/{Script}"));
        return stray is null ? [.. folder.Folders.Select(name => Migration(name, folder.Read($"{name}/{Script}")))] : throw new LockkeeperException(
            MigrateErrors.BadFileName, $"{folder.Show(stray)} is not a migration of Drizzle, which are called NAME/{Script}", "Put the script back, or move it out of the folder.", new SourcePosition(folder.Show(stray), 1, 1));
    }

    private static Migration Migration(string id, MigrationScript script) => new(id, MigrationKind.Planned, null, "", ScriptContent.Runnable(script), null);
}
