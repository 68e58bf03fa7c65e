using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate backfill</c>.</summary>
internal static class BackfillVerb
{
    private static readonly Parameter File = new("file", ParameterKind.Text, "A file with one UPDATE or DELETE") { Positional = true, ValueName = "FILE" };
    private static readonly Parameter Sql = new("sql", ParameterKind.Text, "The UPDATE or DELETE itself") { ValueName = "SQL" };
    private static readonly Parameter Status = new("status", ParameterKind.Flag, "Show the backfills of the target and how far they are");
    private static readonly Parameter Pause = new("pause", ParameterKind.Flag, "Let those that run stop after their batch");
    private static readonly Parameter Resume = new("resume", ParameterKind.Flag, "Go on with what was paused or interrupted, its migration included");
    private static readonly Parameter Forget = new("forget", ParameterKind.Flag, "Forget how far those are that do not run: the next run begins with the first row. Needs --yes");

    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate backfill",
        Summary = "run an UPDATE or DELETE in batches, or see to those that run",
        Details = "Runs one statement outside of the migrations, as '-- lk: backfill' does inside of one: in batches along the table's key, each committed with a checkpoint, throttled by what it costs others. "
            + "What is stopped goes on where it was when the same command is run again, or by --resume.",
        Effect = VerbEffect.Changes,
        HasDryRun = true,
        Parameters = [File, StandardParameters.Environment, StandardParameters.Database, Sql, Status, Pause, Resume, Forget, MigrateParameters.LockTimeout],
        Examples =
        [
            new VerbExample("lk migrate backfill --env prod --sql \"UPDATE orders SET state = 'new' WHERE state IS NULL\" --dry-run", "shows table, key and rows"),
            new VerbExample("lk migrate backfill --env prod --pause", "stops what runs after its batch; --resume goes on"),
        ],
        ReportType = () => MigrateJson.Default.BackfillReport,
        Handler = (call, cancel) => HandleAsync(targets, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        var given = new[] { call.Text(File) is not null, call.Text(Sql) is not null, call.Flag(Status), call.Flag(Pause), call.Flag(Resume), call.Flag(Forget) };
        if (given.Count(one => one) != 1)
            throw new LockkeeperException(KernelErrors.WrongUse, "'migrate backfill' does one thing at a time", "Give a FILE, --sql, --status, --pause, --resume or --forget.");
        var environment = TargetChoice.Environment(call.Workspace.Config, call.Required(StandardParameters.Environment));
        var databases = TargetChoice.Databases(call.Workspace.Config, environment, call.Text(StandardParameters.Database));
        if (databases.Count > 1)
            throw new LockkeeperException(KernelErrors.WrongUse, $"{environment.Name} has several databases", $"Give --database: {string.Join(", ", databases.Select(database => database.Name))}.");
        await using var chosen = await targets.OpenAsync(call.Workspace, environment, databases[0], cancel);
        var backfills = chosen.Target.Backfills;
        if (call.Flag(Status))
            return BackfillText.Status(chosen, await backfills.ReadAsync(databases[0].Name, cancel));
        if (call.Flag(Pause))
        {
            var asked = call.DryRun ? (await backfills.ReadAsync(databases[0].Name, cancel)).Count(one => one.State == "running") : await backfills.PauseAsync(databases[0].Name, cancel);
            return asked > 0 ? BackfillText.Said(chosen, $"{Plural.Of(asked, "backfill")} {(call.DryRun ? "would stop" : "will stop")} after the batch that runs") : throw Nothing("no backfill runs", environment);
        }

        if (call.Flag(Forget))
            return await ForgetAsync(chosen, call, cancel);
        return call.Flag(Resume) ? await ResumeAsync(targets, chosen, call, cancel) : await RunAsync(chosen, call, Script(call), cancel);
    }

    private static async Task<Report> RunAsync(ChosenTarget chosen, VerbCall call, MigrationScript script, CancellationToken cancel)
    {
        var options = new RunOptions(call.DryRun, call.Yes, AcceptDrift: true, call.Duration(MigrateParameters.LockTimeout) ?? TimeSpan.FromMinutes(5));
        var result = await new BackfillRun(chosen, call.Workspace, options, script).RunAsync(cancel);
        return BackfillText.Ran(chosen, result, result.Run is null ? [] : await chosen.Target.Backfills.ReadAsync(chosen.Database.Name, CancellationToken.None));
    }

    /// <summary>A migration's goes on with its migration; one that runs alone by itself.</summary>
    private static async Task<Report> ResumeAsync(TargetChoice targets, ChosenTarget chosen, VerbCall call, CancellationToken cancel)
    {
        var waiting = (await chosen.Target.Backfills.ReadAsync(chosen.Database.Name, cancel)).FirstOrDefault(one => one.State is "paused" or "interrupted")
            ?? throw Nothing("no backfill is paused or interrupted", chosen.Environment);
        if (waiting.Id.StartsWith(BackfillRun.Prefix, StringComparison.Ordinal))
            return await RunAsync(chosen, call, Marked(waiting.Sql, "--sql"), cancel);
        var before = TargetChoice.Before(call.Workspace.Config, chosen.Environment);
        var verb = before is not null && chosen.Environment.RequirePromotion ? $"promote --to {chosen.Environment.Name}" : $"apply --env {chosen.Environment.Name}";
        call.Workspace.Progress.Say($"{waiting.Id} is a migration: this does 'lk migrate {verb}'");
        return await Apply.RunAsync(targets, call, chosen.Environment, promote: verb.StartsWith("promote", StringComparison.Ordinal), call.DryRun, withScripts: false, cancel);
    }

    private static async Task<Report> ForgetAsync(ChosenTarget chosen, VerbCall call, CancellationToken cancel)
    {
        var waiting = (await chosen.Target.Backfills.ReadAsync(chosen.Database.Name, cancel)).Where(one => one.State is "paused" or "interrupted").ToList();
        if (waiting.Count == 0)
            throw Nothing("no backfill is paused or interrupted", chosen.Environment);
        if (!call.Yes && !call.DryRun)
        {
            throw new LockkeeperException(KernelErrors.NeedsConfirmation, $"the next run would change rows again that {(waiting.Count == 1 ? "a backfill has" : "backfills have")} changed already", "Run it with --yes when that does no harm.")
            {
                Facts = [.. waiting.Select(one => new ErrorFact("BACKFILL", $"{one.Id}: {one.Changed:N0} rows of {one.Table} changed by {one.Sql}"))],
            };
        }

        var count = call.DryRun ? waiting.Count : await chosen.Target.Backfills.ForgetAsync(chosen.Database.Name, cancel);
        return BackfillText.Said(chosen, $"{Plural.Of(count, "backfill")} {(call.DryRun ? "would begin" : "will begin")} with the first row again");
    }

    private static MigrationScript Script(VerbCall call)
    {
        if (call.Text(Sql) is { } sql)
            return Marked(sql, "--sql");
        var shown = call.Text(File)!;
        return Marked(MigrationScript.ReadText(Path.GetFullPath(Path.Combine(call.Workspace.ProjectFolder, shown)), shown), shown);
    }

    /// <summary>The statement with the directive; the line of the directive is counted as the one before the first.</summary>
    private static MigrationScript Marked(string sql, string shown)
    {
        var has = sql.Split('\n').Any(line => line.TrimStart().StartsWith("--", StringComparison.Ordinal) && line.Contains("lk: backfill", StringComparison.OrdinalIgnoreCase));
        return has ? MigrationScript.Of(sql, shown) : MigrationScript.Of($"-- lk: backfill\n{sql}", shown, firstLine: 0);
    }

    private static LockkeeperException Nothing(string what, EnvironmentConfig environment) =>
        new(MigrateErrors.NoBackfill, $"{what} on {environment.Name}", "'lk migrate backfill --status' shows those that there are.");
}
