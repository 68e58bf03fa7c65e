using Lockkeeper.Kernel.Config;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>Counts at the end of a backfill what is left, range by range: no snapshot is held for longer than one of them.</summary>
/// <param name="session">The connection.</param>
/// <param name="statement">The statement.</param>
/// <param name="table">Its table.</param>
/// <param name="config">How long a range may take.</param>
internal sealed class BackfillVerification(BackfillSession session, BackfillStatement statement, BackfillTable table, BackfillConfig config)
{
    /// <summary>Reading is cheaper than writing, and holds no rows.</summary>
    private const int Times = 5;
    private const int MostRows = 1_000_000;
    private const int MostTries = 5;

    /// <summary>How many rows still fulfil the condition, where the statement ends itself, and how many rows there are up to its end.</summary>
    public async Task<(long? Left, long Counted)> CountAsync(BackfillRow row, CancellationToken cancel)
    {
        if (row.End is null)
            return (statement.EndsItself ? 0 : null, 0);
        var size = new BatchSize(Times * config.BatchTime, MostRows);
        var (left, counted, tries) = (0L, 0L, 0);
        for (IReadOnlyList<string>? last = null; last is null || !last.SequenceEqual(row.End);)
        {
            try
            {
                var started = TimeProvider.System.GetTimestamp();
                var (upTo, rows, fulfil) = await RangeAsync(row, last, size, cancel);
                size.Took(TimeProvider.System.GetElapsedTime(started), rows);
                (last, left, counted, tries) = (upTo, left + fulfil, counted + rows, 0);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled && !cancel.IsCancellationRequested && ++tries < MostTries)
            {
                await session.RollBackAsync();
                size.GaveUp(forTime: true);
            }
        }

        return (statement.EndsItself ? left : null, counted);
    }

    private async Task<(IReadOnlyList<string> UpTo, int Rows, long Fulfil)> RangeAsync(BackfillRow row, IReadOnlyList<string>? last, BatchSize size, CancellationToken cancel)
    {
        var isFirst = last is null;
        var next = new NpgsqlBatchCommand($"/* lk:backfill.next */ {table.Key.SelectNext(table.Name, isFirst, size.Rows)}");
        foreach (var parameter in table.Key.Parameters(new KeyRange(last, row.End!)))
            next.Parameters.Add(parameter);
        var (_, upTo) = await session.BeginAsync(size.Limit, row.Place, next, cancel);
        var range = new KeyRange(last, upTo ?? row.End!);
        var rows = upTo is null ? (int)await session.CountAsync($"/* lk:backfill.count */ {table.Key.SelectCount(table.Name, isFirst)}", table.Key.Parameters(range), cancel) : size.Rows;
        var fulfil = statement.EndsItself ? await session.CountAsync($"/* lk:backfill.left */ {statement.CountLeft(table.Key.Condition(statement.Reference, isFirst))}", table.Key.Parameters(range), cancel) : 0;
        await session.CommitAsync([], cancel);
        return (range.UpTo, rows, fulfil);
    }
}
