using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Formats;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate new</c>.</summary>
internal static class New
{
    private static readonly Parameter Name = new("name", ParameterKind.Text, "What the migration does, in a few words") { Positional = true, Required = true, ValueName = "NAME" };

    public static Verb Declare() => new()
    {
        Path = "migrate new",
        Summary = "write the files of a new migration",
        Details = "Takes the next version after the newest file, in the numbering that the folder has: counted, or by time when the versions have fourteen digits.",
        Effect = VerbEffect.Local,
        Parameters = [Name, StandardParameters.Database],
        Examples = [new VerbExample("lk migrate new \"add orders\"", "writes 0002_add_orders.up.sql and .down.sql after 0001")],
        ReportType = () => MigrateJson.Default.NewReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var workspace = call.Workspace;
        var database = TargetChoice.Single(workspace.Config, call.Text(StandardParameters.Database));
        var folder = Path.Combine(workspace.ProjectFolder, database.Migrations);
        if (!File.Exists(folder))
            Directory.CreateDirectory(folder);
        var series = SeriesReader.Read(database, workspace.ProjectFolder);
        var slug = Slug(call.Required(Name));
        var version = NextVersion.Of(series, workspace.Clock.GetUtcNow());
        var written = FormatChoice.All.First(format => format.Name == series.Format).NewFiles(version, slug, series);
        if (written.Count == 0)
        {
            throw new LockkeeperException(
                MigrateErrors.NotSupported, $"a new migration in the format {series.Format} is made by the tool itself", "Make it with the tool; 'lk migrate status' shows it then.");
        }

        foreach (var (name, text) in written)
        {
            var path = Path.Combine(folder, name);
            if (File.Exists(path))
                throw new LockkeeperException(KernelErrors.FileExists, $"{database.Migrations}/{name} exists already", "Choose another name.");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, text, cancel);
        }

        var files = written.Select(file => $"{database.Migrations.TrimEnd('/')}/{file.File}").ToList();
        return Report.Of(new NewReport(files), () => MigrateJson.Default.NewReport, [.. files.Select(file => new Line($"wrote {file}", Tone.Good))]);
    }

    private static string Slug(string name)
    {
        var words = new string([.. name.Trim().Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_')]);
        var slug = string.Join('_', words.Split('_', StringSplitOptions.RemoveEmptyEntries));
        return slug.Length > 0 ? slug : throw new LockkeeperException(KernelErrors.WrongUse, $"'{name}' holds no letter or digit", "Say in a few words what the migration does.");
    }
}
