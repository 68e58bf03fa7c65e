using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Reads a changelog with all that it includes into changesets, in order.</summary>
/// <param name="folder">The folder.</param>
/// <param name="choice">What is meant for this database.</param>
internal sealed class ChangelogReader(SeriesFolder folder, ChangelogChoice choice)
{
    private readonly ChangelogProperties properties = new(folder.Choices.Placeholders);
    private readonly List<Changeset> changesets = [];

    public IReadOnlyList<Changeset> Read()
    {
        var root = RootChangelog.Find(folder) ?? throw ChangelogFile.Wrong(
            $"{folder.Shown} holds no changelog of Liquibase", "Name the root changelog as the migrations of the database in lockkeeper.yaml.", new(folder.Shown, 1, 1));
        if (root.IsFolder)
        {
            foreach (var file in folder.Files)
                ReadFile(new ChangelogFile(file, file, folder.Show(file)));
        }
        else
        {
            ReadFile(new ChangelogFile(root.File, root.File, folder.Show(root.File)));
        }

        return changesets;
    }

    private void ReadFile(ChangelogFile file)
    {
        var text = MigrationScript.ReadText(folder.FullPath(file.File), file.Shown);
        changesets.AddRange(FormattedSqlLine.IsHeader(text) ? new FormattedSqlReader(file, properties, choice).Read(text) : [Plain(file, text)]);
    }

    /// <summary>A file of SQL without any changeset is one changeset, as Liquibase's SqlChangeLogParser makes of it.</summary>
    private Changeset Plain(ChangelogFile file, string text) => new()
    {
        Path = file.Path,
        Id = "raw",
        Author = "includeAll",
        At = file.At(1),
        Changes = [new RawSql(StripComments: false, SplitStatements: false).Change("sql", properties.Expand(text, file.File), file.At(1))],
    };
}
