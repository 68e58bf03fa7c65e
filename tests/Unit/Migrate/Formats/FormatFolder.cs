using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Tests.TestKit;
using Shouldly;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

/// <summary>A migrations folder with files of a test.</summary>
internal sealed class FormatFolder : IDisposable
{
    private readonly TestFolder folder = new();
    private string root = "migrations";

    public FormatFolder(params string[] files)
    {
        Directory.CreateDirectory(folder["migrations"]);
        foreach (var file in files)
            Write(file, "SELECT 1;");
    }

    /// <summary>An empty one that is called otherwise.</summary>
    public static FormatFolder At(string root)
    {
        var made = new FormatFolder { root = root };
        Directory.CreateDirectory(made.folder[root]);
        return made;
    }

    /// <summary>What lockkeeper.yaml says more about the database.</summary>
    public Func<DatabaseConfig, DatabaseConfig> Configure { get; set; } = config => config;

    public FormatFolder Write(string name, string text)
    {
        folder.Write($"{root}/{name}", text);
        return this;
    }

    public string Text(string name) => File.ReadAllText(folder[$"{root}/{name}"]);

    public void Remove(string name) => File.Delete(folder[$"{root}/{name}"]);

    public MigrationSeries Read(string format = "auto") => SeriesReader.Read(Configure(Database(root, format)), folder.Path);

    /// <summary>Reads where the configuration names a file instead of the folder.</summary>
    public MigrationSeries ReadFile(string name, string format = "auto") => SeriesReader.Read(Configure(Database($"{root}/{name}", format)), folder.Path);

    /// <summary>The ids in order, with a <c>+</c> for a way back.</summary>
    public string Ids(string format = "auto") => string.Join(", ", Read(format).Migrations.Select(migration => migration.Id + (migration.Down is null ? "" : "+")));

    public LockkeeperException Refused(string format = "auto") => Should.Throw<LockkeeperException>(() => Read(format));

    public void Dispose() => folder.Dispose();

    private static DatabaseConfig Database(string migrations, string format) => new() { Name = "shop", Engine = "postgres", Migrations = migrations, Format = format };
}
