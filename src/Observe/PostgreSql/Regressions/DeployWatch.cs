using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Regressions;
using Npgsql;

namespace Lockkeeper.Observe.PostgreSql.Regressions;

/// <summary>Takes the readings around a deploy, and finds what it made slower.</summary>
/// <param name="server">The target.</param>
internal sealed class DeployWatch(PostgreSqlServer server)
{
    /// <summary>For one transaction: behind a pooler the session is somebody else's next.</summary>
    private const string Limits = "/* lk:observe.limits */ SELECT set_config('statement_timeout', '5s', true), set_config('lock_timeout', '500ms', true), set_config('jit', 'off', true)";

    /// <summary>The watch of a target.</summary>
    /// <param name="url">Its URL, with secret references.</param>
    /// <param name="workspace">Resolves them.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task<DeployWatch> AtAsync(string url, Workspace workspace, CancellationToken cancel) => new(PostgreSqlServer.At(await workspace.Secrets.ResolveAsync(url, cancel), workspace.Redactor));

    /// <summary>Reads and keeps; false when the database has no pg_stat_statements.</summary>
    /// <param name="run">The run's id.</param>
    /// <param name="actor">Who deploys.</param>
    /// <param name="statements">What was sent; null before the deploy.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">The server did not do it in time, or refused.</exception>
    public async Task<bool> KeepAsync(string run, string actor, IReadOnlyList<DeployedStatement>? statements, CancellationToken cancel)
    {
        try
        {
            return await KeepOrFailAsync(run, actor, statements, cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, server.Name);
        }
    }

    private async Task<bool> KeepOrFailAsync(string run, string actor, IReadOnlyList<DeployedStatement>? statements, CancellationToken cancel)
    {
        await using var connection = await server.OpenAsync(cancel);
        await using var transaction = await BeginAsync(connection, cancel);
        if (await WorkloadReading.SchemaAsync(connection, cancel) is not { } schema)
            return false;
        var reading = new DeployReading(await WorkloadReading.NumbersAsync(connection, schema, cancel), await StructureReading.ReadAsync(connection, cancel), statements ?? []);
        await DeployTable.WriteAsync(connection, run, actor, isAfter: statements is not null, reading, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    /// <summary>Compares what statements did before the newest deploy and since; null when nothing was kept.</summary>
    /// <param name="run">The deploy; null for the newest.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">The server does not answer, or refused.</exception>
    public async Task<DeployVerdict?> CompareAsync(string? run, CancellationToken cancel)
    {
        try
        {
            return await CompareOrFailAsync(run, cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, server.Name);
        }
    }

    private async Task<DeployVerdict?> CompareOrFailAsync(string? run, CancellationToken cancel)
    {
        await using var connection = await server.OpenAsync(cancel);
        await using var transaction = await BeginAsync(connection, cancel);
        if (await WorkloadReading.SchemaAsync(connection, cancel) is not { } schema || !await DeployTable.IsThereAsync(connection, cancel))
            return null;
        var deploys = await DeployTable.ReadAsync(connection, 20, cancel);
        var at = run is null ? 0 : deploys.ToList().FindIndex(one => one.Run == run);
        if (at < 0 || deploys.Count == 0)
            return null;
        var deploy = deploys[at];
        // The window after ends where the next deploy began, the one before begins where the last one ended.
        var now = at == 0 ? new DeployReading(await WorkloadReading.NumbersAsync(connection, schema, cancel), await StructureReading.ReadAsync(connection, cancel), []) : deploys[at - 1].Before;
        var end = deploy.After ?? deploy.Before;
        var before = at + 1 < deploys.Count && deploys[at + 1].After is { } last && last.Workload.ResetAt == deploy.Before.Workload.ResetAt
            ? WorkloadWindow.Between(last.Workload, deploy.Before.Workload)
            : WorkloadWindow.UpTo(deploy.Before.Workload);
        var after = WorkloadWindow.Between(end.Workload, now.Workload);
        var keys = await WorkloadReading.TextsAsync(connection, schema, cancel);
        // What we ask ourselves is not the application's.
        after = after with { Statements = after.Statements.Where(pair => keys.ContainsKey(pair.Key)).ToDictionary(StringComparer.Ordinal) };
        var changes = Structure.Changes(deploy.Before.Structure, now.Structure, deploy.Before.Workload.At);
        var regressions = RegressionSearch.Find(before, after, keys).Select(slower => RegressionCause.Of(slower, WorkloadStatements.Shape(slower.Key.Text), changes, end.Statements)).ToList();
        return new DeployVerdict(deploy.Run, deploy.Actor, before, after, now.Workload.Evictions - deploy.Before.Workload.Evictions, changes, regressions);
    }

    private static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var transaction = await connection.BeginTransactionAsync(cancel);
        await using var limits = new NpgsqlCommand(Limits, connection, transaction);
        await limits.ExecuteNonQueryAsync(cancel);
        return transaction;
    }
}

/// <summary>What is known of a deploy's effect.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Actor">Who deployed.</param>
/// <param name="Before">What statements did before it.</param>
/// <param name="After">What they have done since.</param>
/// <param name="Evictions">How many times statements were thrown out of pg_stat_statements in between.</param>
/// <param name="Changes">What has changed in the structure.</param>
/// <param name="Regressions">The statements that it made slower.</param>
internal sealed record DeployVerdict(string Run, string Actor, WorkloadWindow Before, WorkloadWindow After, long Evictions, IReadOnlyList<StructureChange> Changes, IReadOnlyList<Regression> Regressions);
