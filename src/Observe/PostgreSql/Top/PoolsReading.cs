using Lockkeeper.Engines.PostgreSql.Pooling;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Observe.PostgreSql.Pooling;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Observe.Top;

namespace Lockkeeper.Observe.PostgreSql.Top;

/// <summary>The pools of a PgBouncer, or why they cannot be read.</summary>
internal sealed record PoolsAnswer(IReadOnlyList<TopPool>? Pools, string Missing);

/// <summary>Reads the pools of a PgBouncer over one session with its console. One that is down does not keep the server from being shown.</summary>
internal sealed class PoolsReading(MonitoredTarget pooler, Redactor redactor) : IAsyncDisposable
{
    /// <summary>The server is what is looked at: a pooler that hangs costs this much of each reading and no more.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private AdminConsole? console;

    public async Task<PoolsAnswer> ReadAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Longest);
        try
        {
            console ??= await AdminConsole.OpenAsync(await pooler.UrlAsync(limit.Token), redactor, limit.Token);
            var table = await console.AskAsync(PoolerMetrics.Pools.Command, limit.Token);
            return new PoolsAnswer([.. table.Rows.Select(row => Of(table, row)).Where(pool => pool.Database != "pgbouncer").OrderByDescending(pool => pool.ClientsWaiting).ThenBy(pool => pool.Database, StringComparer.Ordinal).ThenBy(pool => pool.User, StringComparer.Ordinal)], "");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            await DisposeAsync();
            return new PoolsAnswer(null, $"{pooler.Name} does not answer");
        }
        catch (LockkeeperException e)
        {
            await DisposeAsync();
            return new PoolsAnswer(null, $"{pooler.Name}: {e.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (console is { } open)
            await open.DisposeAsync();
        console = null;
    }

    private static TopPool Of(ConsoleTable table, IReadOnlyList<string?> row)
    {
        return new TopPool(Text("database"), Text("user"), Count("cl_active"), Count("cl_waiting"), Count("sv_active"), Count("sv_idle"), Number("maxwait") + (Number("maxwait_us") * 1e-6));

        string Text(string column) => table.IndexOf(column) is >= 0 and var place ? row[place] ?? "" : "";

        double Number(string column) => ColumnTable.Number(Text(column)) ?? 0;

        int Count(string column) => (int)Number(column);
    }
}
