using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>What show answers.</summary>
/// <param name="Database">The database.</param>
/// <param name="Id">The migration's id.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Kind">versioned, repeatable, baseline or planned.</param>
/// <param name="Format">The series' format.</param>
/// <param name="Scripts">Its scripts.</param>
internal sealed record ShowReport(string Database, string Id, string Name, string Kind, string Format, IReadOnlyList<ShownScript> Scripts);

/// <summary>A script of a migration.</summary>
/// <param name="Role">up, down or verify.</param>
/// <param name="File">Its file, from the project's folder.</param>
/// <param name="FirstLine">The line that it begins at.</param>
/// <param name="Sha256">The hash that histories and proofs know it by.</param>
/// <param name="Text">Its text; the beginning of one that is very long.</param>
/// <param name="Whole">Whether that is all of it.</param>
internal sealed record ShownScript(string Role, string File, int FirstLine, string Sha256, string Text, bool Whole);

/// <summary><c>lk migrate show</c>.</summary>
internal static class Show
{
    /// <summary>More is no reading matter.</summary>
    private const int MostCharacters = 100_000;

    private static readonly Parameter Id = new("migration", ParameterKind.Text, "The migration's id, as status shows it") { Positional = true, Required = true, ValueName = "ID" };

    public static Verb Declare() => new()
    {
        Path = "migrate show",
        Summary = "show the scripts of one migration",
        Details = "As the files have them; no database is asked.",
        Effect = VerbEffect.Reads,
        Parameters = [Id, StandardParameters.Database with { Help = "The database; may be left out when the project has one" }],
        Examples = [new VerbExample("lk migrate show 0002", "the statements of a migration and of its way back")],
        ReportType = () => MigrateJson.Default.ShowReport,
        Handler = (call, _) => Task.FromResult(Handle(call)),
    };

    private static Report Handle(VerbCall call)
    {
        var (config, id) = (call.Workspace.Config, call.Required(Id));
        Running.TargetChoice.RequireKnown(config, call.Text(StandardParameters.Database));
        var databases = config.Databases.Where(one => call.Text(StandardParameters.Database) is not { } wanted || one.Name == wanted).ToList();
        if (databases is not [var database])
            throw new LockkeeperException(KernelErrors.WrongUse, "the project has several databases", $"Name one with --database: {string.Join(", ", databases.Select(one => one.Name))}.");
        var series = SeriesReader.Read(database, call.Workspace.ProjectFolder);
        var migration = series.Migrations.FirstOrDefault(one => one.Id == id)
            ?? throw new LockkeeperException(KernelErrors.UnknownName, $"{database.Name} has no migration '{id}'", NearestName.Hint(id, [.. series.Migrations.Select(one => one.Id)], "migrations"));
        IEnumerable<(string Role, MigrationScript? Script)> scripts = [("up", migration.Up), ("down", migration.Down), ("verify", migration.Verify)];
        var report = new ShowReport(database.Name, migration.Id, migration.Name, migration.Kind.ToString().ToLowerInvariant(), series.Format, [.. scripts.Where(one => one.Script is not null).Select(one => Of(one.Role, one.Script!))]);
        return Report.Of(report, () => MigrateJson.Default.ShowReport, [.. report.Scripts.SelectMany(script => new Block[] { new Heading($"{script.Role}: {script.File}"), new Code(script.Text, "sql") })]);
    }

    private static ShownScript Of(string role, MigrationScript script)
    {
        var text = script.Large is null ? script.Text : script.Head;
        return new ShownScript(role, script.File, script.FirstLine, script.Sha256, text.Length > MostCharacters ? text[..MostCharacters] : text, script.Large is null && text.Length <= MostCharacters);
    }
}
