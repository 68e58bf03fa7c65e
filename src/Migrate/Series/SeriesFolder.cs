using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>The files of a migrations folder, or of the folder of a plan or changelog.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Shown">The folder as a user would type it.</param>
/// <param name="Entry">The file that the configuration names, below the folder: a plan or changelog; null when it names a folder.</param>
/// <param name="Files">The SQL files' paths below it with '/' between the parts, in ordinal order.</param>
internal sealed record SeriesFolder(string Path, string Shown, string? Entry, IReadOnlyList<string> Files)
{
    /// <summary>A file that ends in .SQL is found and refused by its format: skipping it without a word would skip a migration.</summary>
    private static readonly EnumerationOptions AnyCase = new() { MatchCasing = MatchCasing.CaseInsensitive, RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    private static readonly string[] PlanEndings = [".xml", ".yaml", ".yml", ".json", ".plan"];

    /// <summary>Characters at the start of a file that a format looks at to know its own.</summary>
    private const int PeekLength = 16_384;

    public static SeriesFolder Open(DatabaseConfig database, string projectFolder) =>
        Find(database, projectFolder) with { Choices = new SeriesChoices(database.Contexts, database.LabelFilter, database.Placeholders, database.ChangelogRoot) };

    private static SeriesFolder Find(DatabaseConfig database, string projectFolder)
    {
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(projectFolder, database.Migrations));
        if (File.Exists(path))
        {
            var parent = System.IO.Path.GetDirectoryName(database.Migrations) is { Length: > 0 } above ? above.Replace('\\', '/') : ".";
            return new SeriesFolder(System.IO.Path.GetDirectoryName(path)!, parent, System.IO.Path.GetFileName(path), SqlFiles(System.IO.Path.GetDirectoryName(path)!));
        }

        if (!Directory.Exists(path))
        {
            throw new LockkeeperException(
                MigrateErrors.FolderMissing, $"the migrations folder {database.Migrations} of database {database.Name} does not exist",
                $"Create it, or correct databases.{database.Name}.migrations in lockkeeper.yaml.");
        }

        return new SeriesFolder(path, database.Migrations.TrimEnd('/'), null, SqlFiles(path));
    }

    /// <summary>What the configuration chooses of it.</summary>
    public SeriesChoices Choices { get; private init; } = new([], "", new Dictionary<string, string>());

    /// <summary>Whether nothing in it can be a migration, a plan or a changelog.</summary>
    public bool IsEmpty => Files.Count == 0 && !Directory.EnumerateFiles(Path).Any(file => PlanEndings.Contains(System.IO.Path.GetExtension(file)));

    /// <summary>The files directly in the folder.</summary>
    public IEnumerable<string> TopFiles => Files.Where(file => !file.Contains('/', StringComparison.Ordinal));

    /// <summary>The folders directly below it, in ordinal order.</summary>
    public IEnumerable<string> Folders => Directory.EnumerateDirectories(Path).Select(folder => System.IO.Path.GetFileName(folder)!).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal);

    /// <summary>Whether a file is there.</summary>
    /// <param name="file">Its path below the folder.</param>
    public bool Has(string file) => File.Exists(FullPath(file));

    /// <summary>The files of any kind directly in the folder, in ordinal order.</summary>
    public IEnumerable<string> OtherFiles(string pattern) => Directory.EnumerateFiles(Path, pattern).Select(file => System.IO.Path.GetFileName(file)!).Order(StringComparer.Ordinal);

    /// <summary>The beginning of a file with LF line ends, for a format that knows its files by what they hold. Bytes that are no text come as replacement characters.</summary>
    public string Peek(string file)
    {
        try
        {
            using var reader = new StreamReader(FullPath(file));
            var start = new char[PeekLength];
            return new string(start, 0, reader.ReadBlock(start)).Replace("\r\n", "\n", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw MigrationScript.Unreadable(Show(file), e);
        }
    }

    /// <summary>Reads one of the files.</summary>
    public MigrationScript Read(string file) => MigrationScript.Read(FullPath(file), Show(file));

    /// <summary>Reads several of the files, in their order.</summary>
    public IReadOnlyList<MigrationScript> ReadAll(IReadOnlyList<string> files)
    {
        var scripts = new MigrationScript[files.Count];
        OnAllCores.For(scripts.Length, index => scripts[index] = Read(files[index]), CancellationToken.None);
        return scripts;
    }

    /// <summary>Where a file is.</summary>
    public string FullPath(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>A file's path as a user would type it.</summary>
    public string Show(string file) => Shown == "." ? file : $"{Shown}/{file}";

    private static List<string> SqlFiles(string path) =>
    [
        .. Directory.EnumerateFiles(path, "*.sql", AnyCase)
            .Select(file => System.IO.Path.GetRelativePath(path, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith('.'))
            .Order(StringComparer.Ordinal),
    ];
}
