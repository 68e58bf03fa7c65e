using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Expand;
using Lockkeeper.Migrate.Proof;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate expand</c>.</summary>
internal static class Expand
{
    private static readonly Dictionary<string, ExpandKind> Kinds = new(StringComparer.Ordinal)
    {
        ["rename-column"] = ExpandKind.RenameColumn,
        ["change-type"] = ExpandKind.ChangeType,
        ["split-column"] = ExpandKind.SplitColumn,
        ["set-not-null"] = ExpandKind.SetNotNull,
        ["add-unique"] = ExpandKind.AddUnique,
        ["move-columns"] = ExpandKind.MoveColumns,
        ["rename-table"] = ExpandKind.RenameTable,
    };

    private static readonly Parameter Intent = new("intent", ParameterKind.Choice, "What is wanted") { Positional = true, Required = true, Choices = [.. Kinds.Keys] };
    private static readonly Parameter Subject = new("subject", ParameterKind.Text, "The table and column, as in the catalog: orders.note, or sales.orders.note; add-unique and move-columns take several with commas, rename-table a table") { Positional = true, Required = true, ValueName = "TABLE.COLUMN" };
    private static readonly Parameter To = new("to", ParameterKind.Text, "The new name (rename-column, rename-table), the new table (move-columns), or that of the new column until the contract, by default the old one with _new (change-type)") { ValueName = "NAME" };
    private static readonly Parameter Type = new("type", ParameterKind.Text, "The new type (change-type)") { ValueName = "TYPE" };
    private static readonly Parameter Using = new("using", ParameterKind.Text, "The new value, made from the old column, by default a cast (change-type); the value in the place of NULL (set-not-null)") { ValueName = "EXPRESSION" };
    private static readonly Parameter Back = new("back", ParameterKind.Text, "The old value, made from the new columns; by default a cast (change-type, split-column)") { ValueName = "EXPRESSION" };
    private static readonly Parameter Into = new("into", ParameterKind.Text, "The new columns with their values (split-column): 'first text = split_part(name, \' \', 1); last text = …'") { ValueName = "COLUMNS" };
    private static readonly Parameter Views = new("views", ParameterKind.Text, "Make a view of the table in its new form in this schema until the contract: the new application has it first on its search_path, and the old one goes on without (rename-column, change-type, split-column, move-columns)") { ValueName = "SCHEMA" };
    private static readonly Parameter Environment = new("env", ParameterKind.Text, "Take the schema of this environment with what is pending there; by default that of the series") { ValueName = "NAME" };
    private static readonly Parameter Before = new("before", ParameterKind.Text, "Without --env: a script of what is there before the first migration: roles, extensions, schemas") { ValueName = "FILE" };

    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate expand",
        Summary = "write the migrations of a change that old and new applications live through side by side",
        Details = "From one declared change come three migrations with their ways back: expand makes the new column beside the old one with a trigger that keeps both equal, backfill fills the rows that were there and "
            + "builds indexes and constraints, contract drops the old form. The contract waits for its gate. What is made over the column is read on a shadow server; what cannot be carried over is named, and nothing is written.",
        Effect = VerbEffect.Local,
        HasDryRun = true,
        Parameters = [Intent, Subject, To, Type, Using, Back, Into, Views, Environment, StandardParameters.Database, Before],
        Examples =
        [
            new VerbExample("lk migrate expand rename-column orders.note --to remark", "writes the three migrations of a renamed column"),
            new VerbExample("lk migrate expand change-type orders.id --type bigint", "writes those of a key that becomes bigint"),
            new VerbExample("lk migrate expand set-not-null orders.note --using \"''\"", "writes those of a column that takes no NULL any more"),
        ],
        ReportType = () => MigrateJson.Default.ExpandReport,
        Handler = (call, cancel) => HandleAsync(targets, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        var intent = Read(call);
        var workspace = call.Workspace;
        var environment = call.Text(Environment) is { } name ? TargetChoice.Environment(workspace.Config, name) : null;
        TargetChoice.RequireKnown(workspace.Config, call.Text(StandardParameters.Database));
        var databases = environment is not null ? TargetChoice.Databases(workspace.Config, environment, call.Text(StandardParameters.Database))
            : [.. workspace.Config.Databases.Where(database => call.Text(StandardParameters.Database) is not { } wanted || database.Name == wanted)];
        if (databases.Count > 1)
            throw new LockkeeperException(KernelErrors.WrongUse, "the project has several databases", $"Give --database: {string.Join(", ", databases.Select(database => database.Name))}.");
        var database = databases[0];
        await using var chosen = environment is null ? targets.Nowhere(workspace, database) : await targets.OpenAsync(workspace, environment, database, cancel);
        var url = environment is null ? null : await workspace.Secrets.ResolveAsync(environment.Targets[database.Name].Url!.Text, cancel);
        await using var ground = await targets.OpenProofAsync(workspace, database, new ProofOrigin(url, null, KeepsServer: true, call.Text(Before)), cancel);
        var result = await new ExpandRun(chosen, ground, workspace).RunAsync(intent, environment is not null, call.DryRun, cancel);
        var data = new ExpandReport(call.DryRun, database.Name, [.. result.Files.Select(file => new ExpandedFile(file.File, file.Text))], result.Remarks);
        return Report.Of(data, () => MigrateJson.Default.ExpandReport, [.. Text(data)]);
    }

    private static ExpandIntent Read(VerbCall call)
    {
        var kind = Kinds[call.Required(Intent)];
        var subject = call.Required(Subject);
        var dot = subject.LastIndexOf('.');
        if (kind == ExpandKind.RenameTable)
            dot = subject.Length;
        else if (dot <= 0 || dot == subject.Length - 1)
            throw new LockkeeperException(KernelErrors.WrongUse, $"'{subject}' does not name a table and a column", "Write them as in orders.note.");
        var columns = subject[Math.Min(dot + 1, subject.Length)..];
        var intent = new ExpandIntent(kind, subject[..dot], kind == ExpandKind.RenameTable ? [] : kind is ExpandKind.AddUnique or ExpandKind.MoveColumns ? columns.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [columns])
        {
            To = call.Text(To), Type = call.Text(Type), Using = call.Text(Using), Back = call.Text(Back), Into = IntoColumn.Parse(call.Text(Into) ?? ""), Views = call.Text(Views),
        };
        Require(kind == ExpandKind.RenameColumn && intent.To is null, "--to NAME, the new name");
        Require(kind == ExpandKind.RenameTable && intent.To is null, "--to NAME, the new name");
        Require(kind == ExpandKind.MoveColumns && intent.To is null, "--to TABLE, the table that they go to");
        Require(kind == ExpandKind.ChangeType && intent.Type is null, "--type TYPE, the new type");
        Require(kind == ExpandKind.SplitColumn && (intent.Into.Count < 2 || intent.Back is null), "--into with two columns or more, and --back");
        if (intent.Views is not null && kind is (ExpandKind.SetNotNull or ExpandKind.AddUnique or ExpandKind.RenameTable))
            throw new LockkeeperException(KernelErrors.WrongUse, $"{call.Required(Intent)} has no second form that --views could show", "Leave --views out.");
        return intent;

        void Require(bool isMissing, string what)
        {
            if (isMissing)
                throw new LockkeeperException(KernelErrors.WrongUse, $"{call.Required(Intent)} needs {what}", "'lk migrate expand --help' has an example of each.");
        }
    }

    private static IEnumerable<Block> Text(ExpandReport report)
    {
        foreach (var file in report.Files)
            yield return new Line($"{(report.DryRun ? "would write" : "wrote")} {file.File}", Tone.Good);
        if (report.DryRun)
        {
            foreach (var file in report.Files)
            {
                yield return new Heading(file.File);
                yield return new Code(file.Text, "sql");
            }
        }

        foreach (var remark in report.Remarks)
            yield return new Line(remark, Tone.Warning);
    }
}
