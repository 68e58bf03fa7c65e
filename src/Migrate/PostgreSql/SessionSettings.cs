using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Leases;
using Lockkeeper.Kernel.Config;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>The settings that a migration runs under, all local to its transaction so that a pooler cannot hand them to somebody else.</summary>
/// <param name="LockTimeout">How long a statement may wait for a lock.</param>
/// <param name="StatementTimeout">The file's own limit or the database's; null for the server's.</param>
/// <param name="SearchPath">Schemas; empty for the server's own.</param>
internal sealed record SessionSettings(TimeSpan LockTimeout, TimeSpan? StatementTimeout, IReadOnlyList<string> SearchPath)
{
    /// <summary>
    /// A runner that stops between two messages (paused, or its network gone) keeps its locks until the server ends the session: this is when.
    /// </summary>
    private static readonly TimeSpan IdleInTransaction = 2 * Lease.TimeToLive;

    /// <summary>The scope of the lease: a schema, or empty for the whole database.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Those of a script.</summary>
    /// <param name="database">Time limits and search path.</param>
    /// <param name="script">The script.</param>
    /// <param name="scope">The scope of the lease.</param>
    /// <remarks>Files without a transaction build indexes and validate, which takes the time that it takes: only a limit that they set themselves holds for them.</remarks>
    public static SessionSettings Of(DatabaseConfig database, PreparedSql script, string scope) =>
        new(database.LockTimeout, script.Source.Timeout ?? (script.InTransaction ? database.StatementTimeout : null), database.SearchPath) { Scope = scope };

    /// <summary>Sets everything and checks the fence, in one statement.</summary>
    /// <param name="epoch">The lease's number; null for work that is rolled back and needs no lease.</param>
    public NpgsqlBatchCommand Begin(long? epoch)
    {
        var command = HistoryQueries.With(
            $"""
            /* lk:migrate.begin */
            SELECT set_config('lock_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $2, true),
                   set_config('statement_timeout', coalesce($3::text, current_setting('statement_timeout')), true),
                   set_config('search_path', coalesce($4::text, current_setting('search_path')), true){(epoch is null ? "" : ", lockkeeper.fence($5, $6)")}
            """,
            Milliseconds(LockTimeout), Milliseconds(IdleInTransaction), (object?)(StatementTimeout is { } limit ? Milliseconds(limit) : null) ?? DBNull.Value,
            (object?)SearchPathText ?? DBNull.Value);
        if (epoch is { } number)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = number });
            command.Parameters.Add(new NpgsqlParameter { Value = Scope });
        }

        command.Parameters[2].NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text;
        command.Parameters[3].NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text;
        return command;
    }

    /// <summary>The same as a script for psql; the fence has no meaning there.</summary>
    public IEnumerable<string> Script()
    {
        yield return $"SET LOCAL lock_timeout = {SqlText.Literal(Milliseconds(LockTimeout))};";
        yield return $"SET LOCAL idle_in_transaction_session_timeout = {SqlText.Literal(Milliseconds(IdleInTransaction))};";
        if (StatementTimeout is { } limit)
            yield return $"SET LOCAL statement_timeout = {SqlText.Literal(Milliseconds(limit))};";
        if (SearchPathText is { } path)
            yield return $"SET LOCAL search_path = {path};";
    }

    /// <summary>The search path as SQL; null for the server's own.</summary>
    public string? SearchPathText => SearchPath.Count == 0 ? null : string.Join(", ", SearchPath.Select(SqlText.Identifier));

    /// <summary>What undoes a script's own changes of the session, inside its transaction.</summary>
    public static IReadOnlyList<string> Reset { get; } = ["RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL", "DISCARD TEMP"];

    private static string Milliseconds(TimeSpan span) => $"{(long)span.TotalMilliseconds}ms";
}
