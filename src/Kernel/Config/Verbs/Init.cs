using Lockkeeper.Kernel.Config.Shape;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Config.Verbs;

/// <summary>The data of <c>lk init</c>.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Format">The format of its migrations.</param>
/// <param name="Migrations">The folder of its migrations.</param>
/// <param name="Written">The files written, relative to the folder.</param>
internal sealed record InitReport(string Project, string Format, string Migrations, IReadOnlyList<string> Written);

/// <summary><c>lk init</c>: starts a project.</summary>
internal static class Init
{
    private static readonly Parameter Name = new("name", ParameterKind.Text, "The name of the project and of its first database; by default the folder's") { Positional = true, ValueName = "NAME" };

    private static readonly Parameter Format = new("format", ParameterKind.Choice, "How the migration files are named; by default lockkeeper, or auto when there are some already")
    {
        Choices = ["auto", "lockkeeper", "flyway", "plain"],
    };

    private static readonly Parameter Migrations = new("migrations", ParameterKind.Text, "The folder of the migrations, there already or not; by default migrations/NAME") { ValueName = "FOLDER" };

    public static Verb Verb { get; } = new()
    {
        Path = "init",
        Summary = "start a project in this folder",
        Details = "Writes lockkeeper.yaml with comments that explain it and the folder of the migrations, and keeps .lockkeeper/ out of Git. It never changes a file that "
            + "exists, other than adding a line to .gitignore.",
        Effect = VerbEffect.Local,
        Parameters = [Name, Format, Migrations],
        Examples =
        [
            new VerbExample("lk init shop", "a new project with the database 'shop'"),
            new VerbExample("lk init shop --format flyway --migrations src/main/resources/db/migration", "a project around migrations that exist"),
        ],
        ReportType = () => ConfigJson.Default.InitReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var folder = call.Workspace.Folder;
        var name = call.Text(Name) ?? NameOf(folder);
        if (!Names.IsName(name))
            throw new LockkeeperException(KernelErrors.WrongUse, $"'{name}' is not a name for a project", Names.Hint);
        var migrations = call.Text(Migrations) is { } given ? Checked(given) : $"migrations/{name}";
        var series = Path.Combine(folder, migrations);
        var format = call.Text(Format) ?? (HoldsSql(series) ? "auto" : "lockkeeper");
        foreach (var taken in ConfigReader.FileNames.Select(file => Path.Combine(folder, file)).Where(File.Exists))
            throw OutputFile.Exists(taken);

        var written = new List<string>();
        if (!Directory.Exists(series))
        {
            // Git keeps no empty folders.
            await OutputFile.CreateAsync(Path.Combine(series, ".gitkeep"), "", cancel);
            written.Add($"{migrations.TrimEnd('/')}/.gitkeep");
        }

        if (await GitIgnore.AddAsync(folder, cancel))
            written.Add(".gitignore");
        // Last, since a project exists from here on: after a failure above, lk init is simply run again.
        await OutputFile.CreateAsync(Path.Combine(folder, ConfigReader.FileName), StartingFile.Text(name, migrations, format), cancel);
        written.Add(ConfigReader.FileName);
        return Report.Of(new InitReport(name, format, migrations, written), () => ConfigJson.Default.InitReport, Words(name, format, written));
    }

    private static List<Block> Words(string name, string format, List<string> written) =>
    [
        new Line($"The project '{name}' is ready.", Tone.Good),
        .. written.Select(file => new Line($"wrote {file}", Tone.Muted, Indent: 1)),
        new Heading("Next"),
        new Line("Tell where a database for development is:"),
        new Code("export DEV_URL=postgres://USER@localhost:5432/DATABASE"),
        new Line(format == "auto" ? "See where its migrations stand:" : "Write the first migration, look at what it would do, and apply it:"),
        new Code(format == "auto" ? "lk migrate status" : "lk migrate new create_orders\nlk migrate plan --env dev\nlk migrate apply --env dev"),
    ];

    private static bool HoldsSql(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.sql", SearchOption.AllDirectories).Any();

    /// <summary>A name made from the folder's: what a name cannot hold becomes a hyphen.</summary>
    private static string NameOf(string folder)
    {
        var letters = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)).ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' ? c : '-');
        var name = string.Concat(letters).Trim('-', '.');
        return name.Length == 0 ? "app" : name[..Math.Min(name.Length, 63)];
    }

    private static string Checked(string folder) =>
        folder.Trim().Length > 0 && !folder.Any(char.IsControl) ? folder
        : throw new LockkeeperException(KernelErrors.WrongUse, "the folder of the migrations has no usable name", "Give a path relative to this folder, for example migrations/shop.");
}
