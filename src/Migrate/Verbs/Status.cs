using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Proof.Order;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate status</c>.</summary>
internal static class Status
{
    private static readonly Parameter All = new("all", ParameterKind.Flag, "Show every migration and every tenant; by default the last twenty and everything that is not applied everywhere, and tenants that are not at this release");
    private const int ShownApplied = 20;

    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate status",
        Summary = "show which migration is where: migration by environment",
        Effect = VerbEffect.Reads,
        Parameters = [MigrateParameters.OptionalEnvironment, StandardParameters.Database, MigrateParameters.Tenant, All],
        Examples = [new VerbExample("lk migrate status", "shows all environments side by side")],
        ReportType = () => MigrateJson.Default.StatusReport,
        Handler = (call, cancel) => HandleAsync(targets, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        var workspace = call.Workspace;
        var environments = call.Text(MigrateParameters.OptionalEnvironment) is { } name ? [TargetChoice.Environment(workspace.Config, name)] : workspace.Config.Environments;
        var wanted = call.Text(StandardParameters.Database);
        var databases = environments.SelectMany(environment => TargetChoice.Databases(workspace.Config, environment, wanted)).Distinct().ToList();
        var statuses = new List<DatabaseStatus>();
        foreach (var database in databases)
        {
            var series = SeriesReader.Read(database, workspace.ProjectFolder);
            var here = environments.Where(environment => environment.Targets.ContainsKey(database.Name)).ToList();
            var looks = await Task.WhenAll(here.Select(environment => LookAsync(targets, workspace, environment, database, series, call, cancel)));
            statuses.Add(Of(series, looks));
        }

        var exit = statuses.SelectMany(status => status.Environments).Any(environment => environment.Error is not null || environment.Findings.Count > 0) ? ExitCode.Findings : ExitCode.Done;
        return Report.Of(new StatusReport(statuses), () => MigrateJson.Default.StatusReport, [.. statuses.SelectMany(status => Text(status, call.Flag(All)))], exit);
    }

    /// <summary>An environment that does not answer is a line of the status, not the end of it.</summary>
    private static async Task<Look> LookAsync(TargetChoice targets, Workspace workspace, EnvironmentConfig environment, DatabaseConfig database, MigrationSeries series, VerbCall call, CancellationToken cancel)
    {
        var target = "";
        try
        {
            if (environment.Targets[database.Name].HasTenants)
                return new Look(environment.Name, target, null, null, null) { Tenants = await TenantLook.OfAsync(targets, workspace, environment, database, series, call.Text(MigrateParameters.Tenant), cancel) };
            MigrateParameters.RequireNoTenant(call, environment, database);
            await using var chosen = await targets.OpenAsync(workspace, environment, database, cancel);
            target = chosen.Target.Name;
            var state = await chosen.Target.ReadStateAsync(series.Name, cancel);
            var takeover = Takeover.Of(series, state, new DraftMaker(chosen, workspace).Files(series));
            var comparison = await new DraftMaker(chosen, workspace).HoldAsync(series, await OrderRecord.CompareAsync(workspace, database, series, takeover.Rows, cancel), state, cancel);
            return new Look(environment.Name, target, state, comparison, null) { Takeover = takeover };
        }
        catch (LockkeeperException e)
        {
            return new Look(environment.Name, target, null, null, e);
        }
    }

    private static DatabaseStatus Of(MigrationSeries series, IReadOnlyList<Look> looks) => new(
        series.Name, series.Format, series.FormatReason, series.Artifact,
        [.. looks.Select(look => look.Tenants?.Status(look.Environment) ?? new EnvironmentStatus(
            look.Environment, look.Target, look.State?.Server, look.State?.Rows.Count(row => row.InPlace) ?? 0, look.Comparison?.Pending.Count ?? 0, ReleaseWords(series, look.State),
            look.Error is { } error ? $"{error.Code.Id}: {error.Message}" : null, [.. look.Takeover.Findings.Concat(look.Comparison?.Findings ?? []).Select(FindingData)], [], Adopted(look.State),
            [.. look.Comparison?.Held.Select(held => new HeldReport(held.Migration.Id, held.Reasons)) ?? []]))],
        [.. Rows(series, looks)]);

    private static IEnumerable<MigrationStatus> Rows(MigrationSeries series, IReadOnlyList<Look> looks)
    {
        var states = looks.Select(look => look.States(series)).ToList();
        foreach (var migration in series.Migrations)
            yield return new MigrationStatus(migration.Id, migration.Kind.ToString().ToLowerInvariant(), migration.Name, migration.Up.File, migration.Down is not null, [.. states.Select(state => state[migration.Id])]);
        foreach (var missing in looks.SelectMany(look => look.Missing).DistinctBy(row => row.Id))
        {
            yield return new MigrationStatus(missing.Id, missing.Kind.ToString().ToLowerInvariant(), missing.Name, missing.File, false,
                [.. looks.Select(look => look.Missing.Any(row => row.Id == missing.Id) ? "missing file" : look.Error is null ? "-" : "unknown")]);
        }
    }

    private static IEnumerable<Block> Text(DatabaseStatus status, bool all)
    {
        yield return new Heading($"{status.Database}: release {status.Artifact[..12]}, {Plural.Of(status.Migrations.Count, "migration")}, format {status.Format} ({status.FormatReason})");
        yield return new Table(
            ["environment", "server", "applied", "pending", "release"],
            [.. status.Environments.Select(environment => (IReadOnlyList<Cell>)
                [environment.Environment, environment.Server ?? "", environment.Error is null ? $"{environment.Applied}" : "?", environment.Error is null ? $"{environment.Pending}" : "?",
                    environment.Error is { } error ? new Cell(error, Tone.Bad) : environment.Release])]);
        foreach (var environment in status.Environments)
        {
            if (environment.AdoptedFrom is { } adopted)
                yield return new Line($"{environment.Environment}: {adopted}", Tone.Muted);
            foreach (var held in environment.Held ?? [])
                yield return new Line($"{environment.Environment}: {held.Id} is held: {string.Join("; ", held.Reasons)}", Tone.Warning);
            foreach (var finding in environment.Findings)
                yield return new Line($"{environment.Environment}: {finding.Message}", finding.Severity == "error" ? Tone.Bad : Tone.Warning);
        }

        foreach (var block in status.Environments.SelectMany(environment => TenantLook.Text(environment, all)))
            yield return block;
        var settled = status.Migrations.TakeWhile(migration => migration.States.All(state => state is "applied" or "baseline")).Count();
        var hidden = all ? 0 : Math.Max(0, settled - ShownApplied);
        if (hidden > 0)
            yield return new Line($"{Plural.Of(hidden, "earlier migration")} {(hidden == 1 ? "is" : "are")} applied everywhere (--all shows them)", Tone.Muted);
        if (status.Migrations.Count > hidden)
        {
            yield return new Table(
                ["migration", .. status.Environments.Select(environment => environment.Environment)],
                [.. status.Migrations.Skip(hidden).Select(migration => (IReadOnlyList<Cell>)[$"{migration.Id} {migration.Name}".Trim(), .. migration.States.Select(StateCell)])]);
        }
    }

    private static Cell StateCell(string state) => new(state, state switch { "applied" or "baseline" => Tone.Good, "pending" or "held" => Tone.Warning, _ when state.Contains(" of ", StringComparison.Ordinal) => Tone.Warning, "edited" or "missing file" or "interrupted" => Tone.Bad, _ => Tone.Muted });

    internal static string ReleaseWords(MigrationSeries series, TargetState? state) => state?.Release switch
    {
        null => "none yet",
        { Outcome: ReleaseOutcome.RolledBack } release => $"{release.Artifact[..12]} rolled back",
        var release when release.Artifact == series.Artifact => $"this one, {release.Outcome.ToString().ToLowerInvariant()}",
        var release => $"{release.Artifact[..12]}, {release.Outcome.ToString().ToLowerInvariant()}",
    };

    private static string? Adopted(TargetState? state) => state?.Adopted?.Adoption switch
    {
        null => null,
        { IsKept: true } adoption => $"adopted from {adoption.Words}, which is kept up to date",
        var adoption => $"adopted from {adoption.Words}, which was left on {adoption.LeftAt:yyyy-MM-dd}",
    };

    internal static FindingReport FindingData(Finding finding) => new(finding.Rule, finding.Severity.ToString().ToLowerInvariant(), finding.Message, finding.At?.ToString(), finding.Hint);

    /// <summary>One environment as it was found.</summary>
    private sealed record Look(string Environment, string Target, TargetState? State, HistoryComparison? Comparison, LockkeeperException? Error)
    {
        /// <summary>What an adopted tool did on its own.</summary>
        public Takeover Takeover { get; init; } = Takeover.None([]);

        /// <summary>The tenants; null when the database has none here.</summary>
        public TenantLook? Tenants { get; init; }

        /// <summary>What is applied here and has no file.</summary>
        public IEnumerable<HistoryRow> Missing => Tenants?.Missing ?? Comparison?.Missing ?? [];

        /// <summary>The state of each migration here, by its id.</summary>
        public IReadOnlyDictionary<string, string> States(MigrationSeries series) =>
            Tenants?.States() ?? (Error is null ? MigrationStates.Of(series, State!, Comparison!, Takeover.Applied.Select(migration => migration.Key)) : series.Migrations.ToDictionary(migration => migration.Id, _ => "unknown"));
    }
}
