using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>What became of all tenants of a database.</summary>
internal sealed record TenantsResult
{
    public required DatabaseConfig Database { get; init; }

    public required MigrationSeries Series { get; init; }

    public required TenantPlan Plan { get; init; }

    /// <summary>The run; null for a dry run and when nothing was to be done.</summary>
    public string? Run { get; init; }

    /// <summary>All tenants that have a result, in the order of the list; empty for a dry run.</summary>
    public IReadOnlyList<TenantResult> Tenants { get; init; } = [];

    public IReadOnlyList<Tenant> Canaries { get; init; } = [];

    public int Parallel { get; init; }

    public int MostFailures { get; init; }

    public TimeSpan Duration { get; init; }

    /// <summary>Why not all were started; null when they were.</summary>
    public string? StoppedBecause { get; init; }

    /// <summary>Dry run: why it would be refused as a whole.</summary>
    public IReadOnlyList<LockkeeperException> Refusals { get; init; } = [];

    /// <summary>The restore points that are made before the first tenant is changed; after a run those that were made.</summary>
    public IReadOnlyList<PlannedRestorePoint> RestorePoints { get; init; } = [];

    /// <summary>Why the run ended before the first tenant was changed; null when it did not.</summary>
    public LockkeeperException? EndedBefore { get; init; }

    public bool IsDryRun { get; init; }

    public bool IsRollback { get; init; }

    public int Count(params TenantOutcome[] outcomes) => Tenants.Count(tenant => outcomes.Contains(tenant.Outcome));

    /// <summary>Whether every tenant is where it should be.</summary>
    public bool Succeeded => Tenants.All(tenant => tenant.Outcome is TenantOutcome.Done or TenantOutcome.UpToDate);

    public ExitCode Exit => (IsDryRun, Succeeded) switch
    {
        (true, _) => Refusals.Count > 0 || Plan.Lost.Count > 0 || Plan.Groups.Any(group => group.Error is not null) ? ExitCode.Findings : ExitCode.Done,
        (_, true) => ExitCode.Done,
        _ when EndedBefore is { } error => error.Exit,
        _ when Tenants.Any(tenant => tenant.Changed) => ExitCode.PartlyApplied,
        _ => Tenants.All(tenant => tenant.Error is null || tenant.Error.Exit == ExitCode.Refused) && Tenants.Any(tenant => tenant.Error is not null) ? ExitCode.Refused : ExitCode.Failed,
    };

    /// <summary>Why it did not succeed; null when it did.</summary>
    public LockkeeperException? Error
    {
        get
        {
            const int shown = 20;
            if (IsDryRun || Succeeded)
                return null;
            if (EndedBefore is { } error)
                return error;
            var failed = Tenants.Where(tenant => tenant.Outcome is TenantOutcome.Failed or TenantOutcome.PartlyApplied).ToList();
            var left = Count(TenantOutcome.NotStarted);
            var words = failed.Count == 0 ? $"{left} of {Tenants.Count} tenants of {Database.Name} were not started" : $"{failed.Count} of {Tenants.Count} tenants of {Database.Name} failed{(left == 0 ? "" : $", {left} were not started")}";
            return new LockkeeperException(
                MigrateErrors.TenantsFailed, StoppedBecause is null ? words : $"{words}: {StoppedBecause}",
                "Correct what failed and run the same command again: it goes on with the tenants that are left.", failed.Select(tenant => tenant.Error?.At).FirstOrDefault(at => at is not null))
            {
                Exit = Exit,
                Facts =
                [
                    .. failed.Take(shown).SelectMany(tenant => tenant.Error!.Facts.Where(fact => failed.Count == 1 && fact.Label != "HINT")
                        .Prepend(new ErrorFact("TENANT", $"{tenant.Tenant.Name}: {tenant.Error.Code.Id}: {tenant.Error.Message}{(tenant.Error.At is { } at ? $" ({at})" : "")}"))),
                    .. failed.Count > shown ? [new ErrorFact("TENANT", $"… and {failed.Count - shown} more")] : Array.Empty<ErrorFact>(),
                ],
            };
        }
    }
}
