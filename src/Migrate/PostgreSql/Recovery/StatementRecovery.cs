using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Recovery;

/// <summary>Decides from intent and catalog how a statement stands that no transaction covers, and makes the way free for it.</summary>
/// <param name="connection">An open connection with the script's own settings.</param>
/// <param name="sender">Sends what clears away.</param>
/// <param name="effect">What the statement is to change; null when the catalog knows nothing of it.</param>
/// <param name="id">The migration, for people.</param>
/// <param name="progress">Hears what was found and done.</param>
/// <param name="clock">The clock.</param>
internal sealed class StatementRecovery(NpgsqlConnection connection, FencedStatement sender, IExpectedEffect? effect, string id, IProgressSink progress, TimeProvider clock)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>What the statement is to change.</summary>
    public IExpectedEffect? Effect { get; } = effect;

    /// <summary>Whether a run that died has done it, or had begun it so that it could be finished here. Waits while a backend is still at it.</summary>
    /// <param name="intent">The intent of that run; null when there is none.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="index">Its index in the script.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<bool> IsDoneAsync(Intent? intent, string sql, int index, CancellationToken cancel)
    {
        // Another text than the one that was sent: what became of that one still has to be waited for.
        if (intent is null)
            return false;
        await new LostBackend(connection, clock).SettleAsync(intent, sql, id, progress, cancel);
        if (intent.Sha256 != Intents.Hash(sql))
            return false;
        if (Effect is null)
        {
            progress.Say($"{id}: statement {index + 1} was sent by a run that died, and nothing tells whether it was done: it is run again from its start");
            return false;
        }

        if (Effect.Judge(intent.Before, await Effect.ReadAsync(connection, cancel)) == Standing.Debris)
            await ClearAsync(intent.Before, cancel);
        if (Effect.Judge(intent.Before, await Effect.ReadAsync(connection, cancel)) != Standing.Done)
            return false;
        progress.Say($"{id}: statement {index + 1} was finished by a run that died; taken as done");
        return true;
    }

    /// <summary>Clears away what stands in the statement's way, and answers what the catalog says then.</summary>
    /// <param name="intent">The intent of a run that died and did not do it; null without one.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<string> PrepareAsync(Intent? intent, CancellationToken cancel)
    {
        if (Effect is null)
            return "";
        var now = await Effect.ReadAsync(connection, cancel);
        var before = intent?.Before ?? now;
        if (Effect.Judge(before, now) == Standing.Debris)
        {
            await ClearAsync(before, cancel);
            now = await Effect.ReadAsync(connection, cancel);
        }

        return now;
    }

    /// <summary>Whether a part of the statement's work is there.</summary>
    public async Task<bool> HasDebrisAsync(string before, CancellationToken cancel) =>
        Effect is not null && Effect.Judge(before, await Effect.ReadAsync(connection, cancel)) == Standing.Debris;

    private async Task ClearAsync(string before, CancellationToken cancel)
    {
        while (await Effect!.IsUnderWayAsync(connection, cancel))
        {
            progress.Now($"{id}: waiting for another session, which builds it at this moment");
            await Task.Delay(PollInterval, clock, cancel);
        }

        if (Effect.Judge(before, await Effect.ReadAsync(connection, cancel)) == Standing.Debris)
            progress.Say($"{id}: {await Effect.ClearAsync(connection, sender, before, cancel)}");
    }
}
