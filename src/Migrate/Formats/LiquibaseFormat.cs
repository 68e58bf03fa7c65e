using Lockkeeper.Migrate.Formats.Liquibase;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Liquibase's changelogs: formatted SQL, XML, YAML and JSON. A changeset is a migration, in the order of the changelog.</summary>
/// <remarks>Source: Liquibase's documentation, "Changelog", and the behaviour of Liquibase 4.28.</remarks>
internal sealed class LiquibaseFormat : IMigrationFormat
{
    public string Name => "liquibase";

    public string Looks => "db.changelog-master.xml, .yaml, .json or .sql, or files that start with --liquibase formatted sql";

    public bool KeepsOrder => true;

    public bool ReadsFile => true;

    public FormatClaim? Claim(SeriesFolder folder) => FormatClaim.ByContent(RootChangelog.Find(folder)?.File);

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        var choice = new ChangelogChoice(folder.Choices.Contexts, folder.Choices.LabelFilter);
        return [.. new ChangelogReader(folder, choice).Read().Select(changeset => ChangesetMigration.Of(changeset, choice))];
    }
}
