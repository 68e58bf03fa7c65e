using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>What was seen of migrations that were sent together, each in a transaction of its own: told apart by when those began.</summary>
internal sealed class SeenTogether
{
    private readonly Dictionary<DateTime, LockRecorder> recorders = [];

    /// <summary>The recorder of the transaction that began then.</summary>
    public LockRecorder Of(DateTime? start)
    {
        var key = start ?? DateTime.MinValue;
        if (!recorders.TryGetValue(key, out var recorder))
            recorders[key] = recorder = new LockRecorder();
        return recorder;
    }

    /// <summary>Gives what was seen to the migrations; asks the history only when there is something. A history row has the transaction's end and its time.</summary>
    public async Task AddToAsync(LockJournal journal, NpgsqlConnection connection, RunStamp stamp)
    {
        if (recorders.Count == 0)
            return;
        try
        {
            await using var command = new NpgsqlCommand(
                "/* lk:migrate.began */ SELECT id, applied_at - duration_ms * interval '1 ms', duration_ms FROM lockkeeper.migrations WHERE series = $1 AND run = $2 ORDER BY applied_order DESC LIMIT $3", connection)
            { Parameters = { new() { Value = stamp.Key.Text }, new() { Value = stamp.Run }, new() { Value = IMigrationTarget.MostTogether } } };
            await using var row = await command.ExecuteReaderAsync(CancellationToken.None);
            while (await row.ReadAsync(CancellationToken.None))
            {
                var began = row.GetDateTime(1);
                // Two calls of the clock in one row lie microseconds apart.
                foreach (var (_, recorder) in recorders.Where(pair => (pair.Key - began).Duration() < TimeSpan.FromMilliseconds(1)))
                {
                    recorder.HeldAtMost(TimeSpan.FromMilliseconds(row.GetDouble(2)));
                    journal.Add(row.GetString(0), recorder.Record());
                }
            }
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            // What was seen is good to know, and the migrations are in place.
        }
    }
}
