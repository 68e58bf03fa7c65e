using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Formats.Sqitch;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>The formats, and which one a folder is in.</summary>
internal static class FormatChoice
{
    /// <summary>Every format.</summary>
    public static IReadOnlyList<IMigrationFormat> All { get; } =
    [
        new LockkeeperFormat(), new FlywayFormat(), new PlainFormat(),
        new GooseFormat(), new DbmateFormat(), new PrismaFormat(), new DieselFormat(), new SqitchFormat(),
        new LiquibaseFormat(),
        new SqlxFormat(), new SupabaseFormat(), new DrizzleFormat(), new EvolveFormat(), new AtlasFormat(),
        new EfCoreFormat(), new RailsFormat(), new GrateFormat(),
    ];

    /// <summary>The format named in the configuration, or for <c>auto</c> the one that owns files of the folder, with the reason.</summary>
    public static (IMigrationFormat Format, string Reason) Choose(DatabaseConfig database, SeriesFolder folder)
    {
        if (database.Format != "auto")
        {
            var named = All.FirstOrDefault(format => format.Name == database.Format) ?? throw new LockkeeperException(
                MigrateErrors.UnknownFormat, $"'{database.Format}' is not a known format", $"Choose one of: auto, {string.Join(", ", All.Select(format => format.Name))}.");
            return folder.Entry is null || named.ReadsFile ? (named, "set in lockkeeper.yaml") : throw new LockkeeperException(
                MigrateErrors.UnknownFormat, $"{folder.Show(folder.Entry)} is a file, and the format {named.Name} reads folders", $"Name the folder: databases.{database.Name}.migrations: {folder.Shown}.");
        }

        var claims = All.Where(format => folder.Entry is null || format.ReadsFile).Select(format => new Owner(format, format.Claim(folder))).Where(owner => owner.Claim is not null).ToList();
        if (claims.Exists(owner => owner.Claim!.IsCertain))
            claims.RemoveAll(owner => !owner.Claim!.IsCertain);
        return claims switch
        {
            [] when CodeMigrations.Refusal(folder) is { } refusal => throw refusal,
            [] when folder.IsEmpty => (All[0], "the folder is empty"),
            [] => throw new LockkeeperException(
                MigrateErrors.UnknownFormat, $"no format matches the files of {folder.Shown}{(folder.Files.Count > 0 ? $", for example {folder.Files[0]}" : "")}",
                $"Formats: {string.Join("; ", All.Select(format => $"{format.Name}: {format.Looks}"))}."),
            [var (format, claim)] => (format, $"because of {claim!.File}"),
            _ => throw new LockkeeperException(
                MigrateErrors.UnknownFormat,
                $"several formats match the files of {folder.Shown}: {string.Join(", ", claims.Select(owner => $"{owner.Format.Name} ({owner.Claim!.File})"))}",
                $"Set databases.{database.Name}.format in lockkeeper.yaml."),
        };
    }

    /// <summary>A class: the runtime comes with code for lists of those, and would compile it for a list of tuples at each start.</summary>
    private sealed record Owner(IMigrationFormat Format, FormatClaim? Claim);
}
