using System.Diagnostics;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Proof;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>Runs a script on a shadow database as a real run would send it, and looks after each statement what it did.</summary>
/// <param name="server">The shadow database.</param>
/// <param name="script">The script.</param>
/// <param name="settings">What it runs under.</param>
internal sealed class TracedScript(PostgreSqlServer server, PreparedSql script, SessionSettings settings)
{
    /// <summary>In a script of more statements than this, those of some kinds in a row that are alike in what they touch are looked at together: there may be a hundred thousand INSERTs.</summary>
    private const int MostLooks = 50;

    private static readonly string[] Grouped = ["INSERT", "UPDATE", "DELETE", "SELECT", "COPY"];

    /// <summary>The planner decides for these whether to read a whole table. The shadow's tables are small, where it always would.</summary>
    private static readonly string[] Planned = ["INSERT", "UPDATE", "DELETE", "SELECT", "MERGE", "DO", "CALL"];

    private readonly List<StatementTrace> traces = [];
    private PreparedStatement? current;
    private SeenEffects? effects;

    /// <summary>Whether it looks at all; otherwise it only runs.</summary>
    public bool Looks { get; init; } = true;

    /// <summary>Runs its first statements, or all.</summary>
    public async Task<ScriptTrace> RunAsync(int? first, CancellationToken cancel)
    {
        var statements = script.Kept().Take(first ?? int.MaxValue).ToList();
        await using var connection = await server.OpenAsync(cancel);
        try
        {
            var start = await LookAsync(connection, inTransaction: false, cancel);
            effects = new SeenEffects(start);
            if (script.InTransaction)
                await InOneAsync(connection, statements, cancel);
            else
                await OneByOneAsync(connection, statements, start, cancel);
            return new ScriptTrace(script.InTransaction, traces, null);
        }
        catch (PostgresException e) when (!cancel.IsCancellationRequested && !ShadowTrouble.IsServers(e))
        {
            return new ScriptTrace(script.InTransaction, traces, Error(e)) { FailedOnData = e.SqlState.StartsWith("23", StringComparison.Ordinal) || e.SqlState.StartsWith("22", StringComparison.Ordinal) };
        }
    }

    private async Task InOneAsync(NpgsqlConnection connection, List<PreparedStatement> statements, CancellationToken cancel)
    {
        await using var observing = await server.OpenAsync(cancel);
        var observer = new LockObserver(observing, connection.ProcessID);
        await SendAsync(connection, [new NpgsqlBatchCommand("BEGIN"), settings.Begin(null)], cancel);
        await TransactionAsync(connection, observer, statements, 0, cancel);
        await SendAsync(connection, [new NpgsqlBatchCommand("COMMIT")], cancel);
    }

    private async Task OneByOneAsync(NpgsqlConnection connection, List<PreparedStatement> statements, CatalogLook start, CancellationToken cancel)
    {
        await using var observing = await server.OpenAsync(cancel);
        var observer = new LockObserver(observing, connection.ProcessID);
        if (settings.SearchPathText is { } path)
            await SendAsync(connection, [new NpgsqlBatchCommand($"SET search_path = {path}")], cancel);
        IReadOnlyList<string> tables = [.. start.Relations.Values.Where(relation => relation.Kind is 'r' or 'p').Select(relation => relation.SqlName)];
        for (var i = 0; i < statements.Count; i++)
        {
            effects!.ForgetLocks();
            if (statements[i].Facts.CannotRunInTransaction is null)
            {
                await SendAsync(connection, [new NpgsqlBatchCommand("BEGIN"), settings.Begin(null)], cancel);
                await TransactionAsync(connection, observer, statements[i..(i + 1)], i, cancel);
                await SendAsync(connection, [new NpgsqlBatchCommand("COMMIT")], cancel);
                continue;
            }

            current = statements[i];
            if (!Looks)
            {
                await SendAsync(connection, [new NpgsqlBatchCommand(current.Sql.Text)], cancel);
                continue;
            }

            var before = await CatalogLook.TakeAsync(connection, inTransaction: false, cancel);
            // A table that an earlier statement dropped cannot be held.
            var (locks, milliseconds) = await new HeldStatement(server, connection, [.. tables.Intersect(before.Relations.Values.Select(relation => relation.SqlName))]).RunAsync(current.Sql.Text, cancel);
            var after = await CatalogLook.TakeAsync(connection, inTransaction: false, cancel);
            traces.Add(effects.Between(Trace(i, 1, milliseconds), before, after) with { Locks = effects.Locks(locks) });
        }
    }

    /// <summary>Runs statements in the open transaction.</summary>
    private async Task TransactionAsync(NpgsqlConnection connection, LockObserver observer, List<PreparedStatement> statements, int offset, CancellationToken cancel)
    {
        var before = await LookAsync(connection, inTransaction: true, cancel);
        for (var i = 0; i < statements.Count;)
        {
            var (from, milliseconds) = (i, 0.0);
            do
            {
                current = statements[i++];
                milliseconds += await ExecuteAsync(connection, current, cancel);
            }
            while (Looks && statements.Count > MostLooks && i < statements.Count && Grouped.Contains(current.Facts.Command) && ReferenceEquals(statements[i].Facts, current.Facts));

            if (!Looks)
                continue;
            var (locks, _) = await observer.LookAsync(cancel);
            var after = await CatalogLook.TakeAsync(connection, inTransaction: true, cancel);
            current = statements[from];
            traces.Add(effects!.Between(Trace(offset + from, i - from, milliseconds), before, after) with { Locks = effects.Locks(locks) });
            before = after;
        }

        current = statements.Count > 0 ? statements[^1] : null;
    }

    private Task<CatalogLook> LookAsync(NpgsqlConnection connection, bool inTransaction, CancellationToken cancel) =>
        Looks ? CatalogLook.TakeAsync(connection, inTransaction, cancel) : Task.FromResult(CatalogLook.Nothing);

    private static async Task<double> ExecuteAsync(NpgsqlConnection connection, PreparedStatement statement, CancellationToken cancel)
    {
        var plans = Planned.Contains(statement.Facts.Command);
        if (plans)
            await SendAsync(connection, [new NpgsqlBatchCommand("/* lk:migrate.proof_plan */ SELECT pg_catalog.set_config('enable_seqscan', 'off', true), pg_catalog.set_config('jit', 'off', true)")], cancel);
        var started = Stopwatch.GetTimestamp();
        if (statement.Sql.CopyData is { } data)
            await InlineCopy.RunAsync(connection, statement.Sql.Text, data, cancel);
        else
            await SendAsync(connection, [new NpgsqlBatchCommand(statement.Sql.Text)], cancel);
        var milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        // What checks a constraint reads tables too, and has to be seen reading them.
        if (plans)
            await SendAsync(connection, [new NpgsqlBatchCommand("/* lk:migrate.proof_plan */ SELECT pg_catalog.set_config('enable_seqscan', 'on', true)")], cancel);
        return milliseconds;
    }

    private StatementTrace Trace(int index, int count, double milliseconds) => new(index + 1, count, current!.Facts.Command, current.Sql.Text, current.Sql.At, Math.Round(milliseconds, 2)) { IsBackfill = current.Backfill is not null };

    private LockkeeperException Error(PostgresException e) => new(
        MigrateErrors.MigrationFailed, e.MessageText, e.Hint is { Length: > 0 } hint ? $"{hint.TrimEnd('.')}." : "It would fail on the target too.",
        current is null ? script.Source.At : e.Position > 0 ? current.Sql.PositionOf(e.Position - 1) : current.Sql.At, e)
    {
        Facts = ServerErrors.Facts(e),
    };

    private static async Task SendAsync(NpgsqlConnection connection, IReadOnlyList<NpgsqlBatchCommand> commands, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancel);
    }
}
