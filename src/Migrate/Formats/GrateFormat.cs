using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>The folders of grate and RoundhousE: <c>up</c> runs once, <c>views</c>, <c>functions</c>, <c>sprocs</c> and others when they change, <c>permissions</c> each time.</summary>
/// <remarks>Source: grate's documentation, "Folder configuration" and "Environment specific scripts", and its FoldersConfiguration as of 1.8. Names are in any case, as RoundhousE has them.</remarks>
internal sealed class GrateFormat : IMigrationFormat
{
    private enum Runs
    {
        Once,
        WhenChanged,
        EachTime,
        Elsewhere,
    }

    /// <summary>In the order in which they run. What runs elsewhere is for the server or for a database that grate has just made.</summary>
    private static readonly (string Folder, Runs Runs)[] Order =
    [
        ("createDatabase", Runs.Elsewhere), ("dropDatabase", Runs.Elsewhere),
        ("beforeMigration", Runs.EachTime), ("alterDatabase", Runs.Elsewhere), ("runAfterCreateDatabase", Runs.Elsewhere), ("runBeforeUp", Runs.WhenChanged),
        ("up", Runs.Once), ("runFirstAfterUp", Runs.WhenChanged), ("functions", Runs.WhenChanged), ("views", Runs.WhenChanged), ("sprocs", Runs.WhenChanged),
        ("triggers", Runs.WhenChanged), ("indexes", Runs.WhenChanged), ("runAfterOtherAnyTimeScripts", Runs.WhenChanged),
        ("permissions", Runs.EachTime), ("afterMigration", Runs.EachTime),
    ];

    public string Name => "grate";

    public string Looks => "up/0001_name.sql with views/, functions/, sprocs/ and the other folders of grate";

    public bool KeepsOrder => true;

    public FormatClaim? Claim(SeriesFolder folder) =>
        folder.Files.FirstOrDefault(file => FolderOf(file) == "up") is { } up && folder.Files.All(file => Place(file) >= 0) ? FormatClaim.ByName(up) : null;

    public IReadOnlyList<Migration> Read(SeriesFolder folder) =>
        [.. folder.Files.Select(file => (File: file, Place: Placed(folder, file))).OrderBy(one => one.Place).ThenBy(one => WithoutEnding(one.File), StringComparer.OrdinalIgnoreCase).Select(one => Migration(folder, one.File, Order[one.Place].Runs))];

    private static Migration Migration(SeriesFolder folder, string file, Runs runs)
    {
        var script = ScriptContent.Runnable(folder.Read(file));
        var parts = Path.GetFileName(file).Split('.')[..^1];
        // grate runs X.ENV.TEST.sql where it is told --environment TEST. A release is the same in every environment here, so the configuration says for all of them.
        var isLeftOut = parts.Contains("env", StringComparer.OrdinalIgnoreCase) && !folder.Choices.Contexts.Any(context => parts.Contains(context, StringComparer.OrdinalIgnoreCase));
        var name = file[(file.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return runs == Runs.Once
            ? new Migration(file, MigrationKind.Planned, null, "", script, null) { Disabled = isLeftOut, RecordedAs = name }
            : new Migration($"R:{file}", MigrationKind.Repeatable, null, file, script, null) { Disabled = isLeftOut, RunAlways = runs == Runs.EachTime, RecordedAs = name };
    }

    private static int Placed(SeriesFolder folder, string file)
    {
        var place = Place(file);
        var at = new SourcePosition(folder.Show(file), 1, 1);
        if (place < 0)
        {
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{folder.Show(file)} is in no folder that grate runs", $"The folders are {string.Join(", ", Order.Where(known => known.Runs != Runs.Elsewhere).Select(known => known.Folder))}.", at);
        }

        return Order[place].Runs != Runs.Elsewhere ? place : throw new LockkeeperException(
            MigrateErrors.NotSupported, $"{folder.Show(file)} is for the server or for a database that grate makes, and only databases that exist are changed here",
            "Move it out of the folder, and run it by hand when the database is made.", at);
    }

    private static int Place(string file) => Array.FindIndex(Order, known => known.Folder.Equals(FolderOf(file), StringComparison.OrdinalIgnoreCase));

    private static string FolderOf(string file) => file.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? file[..slash] : "";

    private static string WithoutEnding(string file) => file[..^Path.GetExtension(file).Length];
}
