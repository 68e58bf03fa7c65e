using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Asks the preconditions of a migration inside its transaction, and does what its author wants when they do not hold.</summary>
/// <param name="connection">A connection with an open transaction.</param>
/// <param name="series">The series.</param>
/// <param name="migration">The migration.</param>
/// <param name="asked">The answers of this run to what is asked once.</param>
/// <param name="progress">Hears of warnings.</param>
internal sealed class PreconditionChecks(NpgsqlConnection connection, string series, Migration migration, Dictionary<PreconditionSet, bool> asked, IProgressSink progress)
{
    private const string Savepoint = "lockkeeper_precondition";

    /// <summary>Whether the statements run; false when the migration is only recorded.</summary>
    /// <exception cref="StepLeftException">It is left for the next run.</exception>
    /// <exception cref="StepFailedException">The run stops.</exception>
    public async Task<bool> RunsAsync(PreconditionSet set, CancellationToken cancel)
    {
        foreach (var before in set.Before)
        {
            if (!asked.TryGetValue(before, out var runs))
                asked[before] = runs = await OneAsync(before, cancel);
            if (!runs)
                return false;
        }

        return await OneAsync(set, cancel);
    }

    private async Task<bool> OneAsync(PreconditionSet set, CancellationToken cancel)
    {
        try
        {
            return await FailedAsync(set.Root, cancel) is not { } failed
                || Decide(set.OnFail, failed.At, set.FailMessage ?? $"the precondition {failed.Words} does not hold", null);
        }
        catch (PostgresException e) when (!cancel.IsCancellationRequested && !Engines.PostgreSql.Connections.ServerErrors.IsConnectionLost(e))
        {
            return Decide(set.OnError, set.Root.At, set.ErrorMessage ?? $"a precondition cannot be asked: {e.MessageText}", e);
        }
    }

    private bool Decide(PreconditionOutcome outcome, SourcePosition at, string why, Exception? inner)
    {
        switch (outcome)
        {
            case PreconditionOutcome.Warn:
                progress.Say($"{migration.Id}: {why}; it runs all the same, as its changelog says ({at})");
                return true;
            case PreconditionOutcome.MarkRan:
                progress.Say($"{migration.Id}: {why}; it is recorded without running it, as its changelog says ({at})");
                return false;
            case PreconditionOutcome.Continue:
                progress.Say($"{migration.Id}: {why}; it is left for the next run, as its changelog says ({at})");
                throw new StepLeftException(why);
            default:
                throw new StepFailedException(
                    new LockkeeperException(MigrateErrors.PreconditionFailed, $"{migration.Id}: {why}", "Bring the target to where the migration expects it, or change the precondition.", at, inner), leftTraces: false);
        }
    }

    /// <summary>The first condition that does not hold; null when all do. What comes after one that decides is not asked: it may not even make sense then.</summary>
    private async Task<Precondition?> FailedAsync(Precondition condition, CancellationToken cancel)
    {
        switch (condition.Name)
        {
            case "and":
                foreach (var part in condition.Parts)
                {
                    if (await FailedAsync(part, cancel) is { } failed)
                        return failed;
                }

                return null;
            case "or":
                foreach (var part in condition.Parts)
                {
                    if (await FailedAsync(part, cancel) is null)
                        return null;
                }

                return condition.Parts.Count == 0 ? null : condition;
            case "not":
                foreach (var part in condition.Parts)
                {
                    if (await FailedAsync(part, cancel) is null)
                        return condition;
                }

                return null;
            default:
                return await HoldsAsync(condition, cancel) ? null : condition;
        }
    }

    private async Task<bool> HoldsAsync(Precondition condition, CancellationToken cancel)
    {
        if (condition.Name == "dbms")
            return condition["type"]!.Split(',', StringSplitOptions.TrimEntries).Contains("postgresql", StringComparer.OrdinalIgnoreCase);
        await SendAsync($"SAVEPOINT {Savepoint}", cancel);
        try
        {
            await using var command = PreconditionQueries.Of(condition, series, connection);
            var answer = await command.ExecuteScalarAsync(cancel);
            await SendAsync($"RELEASE SAVEPOINT {Savepoint}", cancel);
            return condition.Name == "sqlCheck" ? PreconditionQueries.Matches(answer, condition["expectedResult"]!) : answer is true;
        }
        catch (PostgresException) when (connection.State == System.Data.ConnectionState.Open)
        {
            await SendAsync($"ROLLBACK TO SAVEPOINT {Savepoint}", CancellationToken.None);
            throw;
        }
    }

    private async Task SendAsync(string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
