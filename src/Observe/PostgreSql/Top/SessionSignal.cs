using Lockkeeper.Observe.Top;
using NpgsqlTypes;

namespace Lockkeeper.Observe.PostgreSql.Top;

/// <summary>Tells a session to stop, if it is the one that was meant.</summary>
internal static class SessionSignal
{
    // The number of a process comes again, and a session goes on to its next statement: what is stopped is what was shown. The row is there before the function is called, so the condition holds first.
    private const string Cancel = "/* lk:observe.top.cancel */ WITH meant AS MATERIALIZED (SELECT pid FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2 AND query_start = $3) SELECT pg_cancel_backend(pid) FROM meant";
    private const string Terminate = "/* lk:observe.top.terminate */ WITH meant AS MATERIALIZED (SELECT pid FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2) SELECT pg_terminate_backend(pid) FROM meant";

    public static async Task<SignalOutcome> SendAsync(DatabaseSession session, SignalKind kind, TopSession one, CancellationToken cancel)
    {
        NpgsqlDbType[] types = kind == SignalKind.Cancel ? [NpgsqlDbType.Integer, NpgsqlDbType.TimestampTz, NpgsqlDbType.TimestampTz] : [NpgsqlDbType.Integer, NpgsqlDbType.TimestampTz];
        var command = await session.CommandAsync(kind == SignalKind.Cancel ? Cancel : Terminate, cancel, types);
        (command.Parameters[0].Value, command.Parameters[1].Value) = (one.Pid, one.StartedAt);
        if (kind == SignalKind.Cancel)
            command.Parameters[2].Value = one.StatementAt ?? (object)DBNull.Value;
        return await command.ExecuteScalarAsync(cancel) is true ? SignalOutcome.Sent : SignalOutcome.Gone;
    }
}
