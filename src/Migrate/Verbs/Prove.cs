using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.Proof;
using Lockkeeper.Migrate.Proof.Order;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate prove</c>.</summary>
internal static partial class Prove
{
    private static readonly Parameter Environment = new("env", ParameterKind.Text, "The environment whose pending migrations are tried; without it the last ones of the series are") { ValueName = "NAME" };
    private static readonly Parameter Last = new("last", ParameterKind.Integer, "Without --env: how many of the last migrations are tried") { Default = "1" };
    private static readonly Parameter Since = new("since", ParameterKind.Text, "Without --env: try everything from the first migration that was added or changed since this commit or branch of git") { ValueName = "GITREF" };
    private static readonly Parameter Before = new("before", ParameterKind.Text, "A script of what is there before the first migration, for a shadow that is made of the migrations: roles, extensions, schemas") { ValueName = "FILE" };
    private static readonly Parameter Queries = new("queries", ParameterKind.Text, "A file of the statements that the new version of the application sends, with $1, $2, … for values and a semicolon after each: they are tried on the schema before and after the migrations") { ValueName = "FILE" };
    private static readonly Parameter Server = new("server", ParameterKind.Integer, "The shadow's major version; by default the target's, or the newest one on this machine") { ValueName = "MAJOR" };
    private static readonly Parameter Fresh = new("fresh", ParameterKind.Flag, "Make a new shadow server, and leave no files of it for the next proof");

    private static readonly Parameter AcceptColumnOrder = new("accept-column-order", ParameterKind.Flag, "Take two orders of migrations for the same when they differ in nothing but the order of a table's columns");

    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate prove",
        Summary = "try migrations on a shadow database and show what they lock, rewrite and read",
        Details = "Copies the target's schema (by pg_dump; the target is only read, and SELECT is enough) to a server on this machine, runs the pending migrations there statement by statement, and looks from "
            + "another session at their locks on what was there before, at the tables that they write anew or read from end to end, and at the indexes, constraints and triggers. "
            + "Statements that the target has seen (pg_stat_statements) are prepared and planned before and after the migrations, with its sizes and statistics: which would fail, and which would be run in another way, is a finding. "
            + "Without --env the shadow is made of the series itself and its last migrations are tried. What could not be checked is said. The forecast and the ways back that were proven go into the ledger. "
            + "A migration that is older than one that is applied, or with --since than one that the other branch has, is tried before and after it: when both make the same schema and rows, the ledger says so, "
            + "and out_of_order: proven lets it be applied. "
            + "The server's files stay in the sandbox folder and make the next proof of the project quicker ('lk sandbox list' shows them); it runs only while a proof does.",
        Effect = VerbEffect.Local,
        Parameters = [Environment, StandardParameters.Database, Last, Since, Before, Queries, Server, Fresh, AcceptColumnOrder],
        Examples = [new VerbExample("lk migrate prove --env prod", "shows what the pending migrations would lock in prod"), new VerbExample("lk migrate prove --last 2", "tries the last two migrations without any target"), new VerbExample("lk migrate prove --env prod --queries queries.sql", "also says whether the new version's statements work, and what may go out first"), new VerbExample("lk migrate prove --since origin/main", "tries what this branch adds")],
        ReportType = () => MigrateJson.Default.ProveReport,
        Handler = (call, cancel) => HandleAsync(targets, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        var workspace = call.Workspace;
        if (call.Integer(Last) is < 1 or > 10_000)
            throw new LockkeeperException(KernelErrors.WrongUse, $"'{call.Text(Last)}' is not a valid value for --last", "Give a number from 1 to 10000.");
        var environment = call.Text(Environment) is { } name ? TargetChoice.Environment(workspace.Config, name) : null;
        TargetChoice.RequireKnown(workspace.Config, call.Text(StandardParameters.Database));
        var databases = environment is not null ? TargetChoice.Databases(workspace.Config, environment, call.Text(StandardParameters.Database))
            : [.. workspace.Config.Databases.Where(database => call.Text(StandardParameters.Database) is not { } wanted || database.Name == wanted)];
        var fork = await ForkAsync(call, cancel);
        var proofs = new List<ReleaseProof>();
        foreach (var database in databases)
            proofs.Add(await ProveAsync(targets, call, environment, database, fork, cancel));
        return ProveText.Of(environment?.Name, proofs);
    }

    private static async Task<ReleaseProof> ProveAsync(TargetChoice targets, VerbCall call, EnvironmentConfig? environment, DatabaseConfig database, GitFork? fork, CancellationToken cancel)
    {
        var workspace = call.Workspace;
        var series = SeriesReader.Read(database, workspace.ProjectFolder);
        await using var chosen = environment is null ? targets.Nowhere(workspace, database) : await targets.OpenAsync(workspace, environment, database, cancel);
        var url = environment is null ? null : await workspace.Secrets.ResolveAsync(environment.Targets[database.Name].Url!.Text, cancel);
        // Roles belong to the server, not to the database that is dropped in the end.
        var keeps = !call.Flag(Fresh) && !series.Migrations.Any(migration => MakesRoles().IsMatch(migration.Up.Text));
        await using var ground = await targets.OpenProofAsync(workspace, database, new ProofOrigin(url, (int?)call.Integer(Server), keeps, call.Text(Before)) { Queries = call.Text(Queries) }, cancel);
        var proof = await new ProveRun(chosen, series, ground, workspace, new ProveOptions(environment is not null, (int)call.Integer(Last)!.Value) { IsNew = fork is null ? null : migration => IsIn(fork.Own.All, workspace.ProjectFolder, migration.Up, migration.Down), AsksQueries = call.Text(Queries) is not null }).RunAsync(cancel);
        proof = await OrderAsync(call, chosen, series, ground, fork, proof, cancel);
        if (proof.Migrations.Count > 0)
            await ProofRecord.WriteAsync(workspace, environment?.Name, proof, cancel);
        return proof;
    }

    /// <summary>Adds what came of late migrations, and records what is proven.</summary>
    private static async Task<ReleaseProof> OrderAsync(VerbCall call, ChosenTarget chosen, MigrationSeries series, IProofGround ground, GitFork? fork, ReleaseProof proof, CancellationToken cancel)
    {
        var workspace = call.Workspace;
        IReadOnlyList<OrderProof> orders = [];
        if (proof.Target is not null)
        {
            orders = await Run(series).OfTargetAsync(cancel);
        }
        else if (fork is not null)
        {
            var (merged, why) = await MergedFolder.ReadAsync(workspace, chosen.Database, fork, call.Required(Since), cancel);
            if (merged is null)
                return proof with { NotChecked = [.. proof.NotChecked, $"whether the order against what {call.Required(Since)} has got since then is free: {why}; merge it into this branch first"] };
            orders = await Run(merged).OfBranchAsync(migration => IsIn(fork.Own.Added, workspace.ProjectFolder, migration.Up), cancel);
        }

        if (orders.Any(order => order.Outcome != OrderOutcome.NotTried))
            await OrderRecord.WriteAsync(workspace, proof.Target is null ? null : chosen.Environment.Name, series.Name, ground.Server, orders, cancel);
        return orders.Count == 0 ? proof
            : proof with { Orders = orders, Findings = [.. proof.Findings, .. orders.Select(order => order.Finding).OfType<Finding>()], NotChecked = [.. proof.NotChecked.Concat(ground.NotChecked).Distinct()] };

        OrderRun Run(MigrationSeries tried) => new(chosen, tried, ground, workspace) { AcceptsColumnOrder = call.Flag(AcceptColumnOrder) };
    }

    /// <summary>What this branch and the other one have done; null when that was not asked about.</summary>
    private static async Task<GitFork?> ForkAsync(VerbCall call, CancellationToken cancel)
    {
        if (call.Text(Since) is not { } since)
            return null;
        if (call.Text(Environment) is not null)
            throw new LockkeeperException(KernelErrors.WrongUse, "--since and --env were both given", "With --env what is pending in the environment is tried.");
        return await GitChanges.ForkAsync(call.Workspace, call.Workspace.ProjectFolder, since, cancel);
    }

    /// <summary>Whether a migration's files are among some.</summary>
    private static bool IsIn(IReadOnlySet<string> files, string folder, params MigrationScript?[] scripts) =>
        scripts.Any(script => script is not null && files.Contains(Path.GetFullPath(Path.Combine(folder, script.File))));

    [GeneratedRegex(@"\bcreate\s+(role|user|group)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex MakesRoles();
}
