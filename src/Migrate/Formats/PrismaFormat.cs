using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Prisma's migrations: a folder each with a <c>migration.sql</c>, in the order of the folders' names, and a <c>migration_lock.toml</c>.</summary>
/// <remarks>Source: Prisma's documentation, "About migration histories", and the names that its table <c>_prisma_migrations</c> holds.</remarks>
internal sealed partial class PrismaFormat : IMigrationFormat
{
    private const string Lock = "migration_lock.toml";
    private const string Script = "migration.sql";

    public string Name => "prisma";

    public string Looks => "20240101120000_name/migration.sql with migration_lock.toml";

    public bool KeepsOrder => true;

    public FormatClaim? Claim(SeriesFolder folder) =>
        folder.Entry is not null ? null
        : FormatClaim.ByContent(folder.Has(Lock) ? Lock : null)
        ?? FormatClaim.ByName(folder.Files.FirstOrDefault(file => IsMigration(file) && !folder.Has(file.Replace(Script, "snapshot.json", StringComparison.Ordinal))));

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        CheckProvider(folder);
        if (folder.Files.FirstOrDefault(file => !IsMigration(file) && !IsBeside(file)) is { } stray)
        {
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{folder.Show(stray)} is not a migration of Prisma, which are called NAME/{Script}",
                $"Put it into a folder of its own as {Script}, or move it out of the folder.", new SourcePosition(folder.Show(stray), 1, 1));
        }

        // Prisma takes every folder for a migration and stops at one without a script.
        var empty = folder.Folders.FirstOrDefault(name => !folder.Has($"{name}/{Script}"));
        if (empty is not null)
        {
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"the migration folder {folder.Show(empty)} has no {Script}", $"Put {Script} back, or remove the folder.", new SourcePosition(folder.Show(empty), 1, 1));
        }

        return [.. folder.Folders.Select(name => new Migration(name, MigrationKind.Planned, null, "", Up(folder, name), null))];
    }

    /// <summary>Prisma sends a file as it is, and writes BEGIN and COMMIT around changes of an enum itself.</summary>
    private static MigrationScript Up(SeriesFolder folder, string name)
    {
        var script = folder.Read($"{name}/{Script}");
        return ScriptContent.Runnable(script with { Text = TopLevel.WithoutTransactions(script.Text) });
    }

    private static void CheckProvider(SeriesFolder folder)
    {
        if (!folder.Has(Lock))
            return;
        var text = MigrationScript.ReadText(folder.FullPath(Lock), folder.Show(Lock));
        var provider = Provider().Match(text);
        if (provider is { Success: true } && provider.Groups["name"].Value is "postgresql" or "postgres")
            return;
        var line = provider.Success ? text.AsSpan(0, provider.Index).Count('\n') + 1 : 1;
        throw new LockkeeperException(
            MigrateErrors.BadScriptSettings, provider.Success ? $"the migrations are for {provider.Groups["name"].Value}, and the database is PostgreSQL" : $"{folder.Show(Lock)} names no provider",
            "Point the database at the migrations for PostgreSQL: provider = \"postgresql\".", new SourcePosition(folder.Show(Lock), line, 1));
    }

    private static bool IsMigration(string file) => file.EndsWith("/" + Script, StringComparison.Ordinal) && file.Count(c => c == '/') == 1;

    /// <summary>A file beside a migration, such as a hand-written <c>down.sql</c>, which Prisma never reads.</summary>
    private static bool IsBeside(string file) => file.Contains('/', StringComparison.Ordinal);

    [GeneratedRegex(@"^[ \t]*provider[ \t]*=[ \t]*""(?<name>[^""\n]*)""", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Provider();
}
