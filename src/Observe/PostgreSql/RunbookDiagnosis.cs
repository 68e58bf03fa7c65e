using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.PostgreSql.Pooling;
using Lockkeeper.Observe.Targets;
using Npgsql;

namespace Lockkeeper.Observe.PostgreSql;

/// <summary>The answer of a server to one question of a runbook.</summary>
/// <param name="Step">The question.</param>
/// <param name="Columns">The columns; null when it was not answered.</param>
/// <param name="Rows">The first rows.</param>
/// <param name="Error">Why it was not answered.</param>
internal sealed record DiagnosisAnswer(DiagnosisStep Step, IReadOnlyList<string>? Columns, IReadOnlyList<IReadOnlyList<string?>> Rows, string? Error);

/// <summary>Asks a target the questions of a runbook, each in a transaction that can only read and with a time limit.</summary>
internal static class RunbookDiagnosis
{
    /// <summary>More than a person reads at night.</summary>
    private const int MostRows = 25;

    private const int MostCharacters = 300;

    /// <summary>Asks all questions; one that fails does not keep the others from being asked.</summary>
    /// <param name="target">The target.</param>
    /// <param name="database">The database that the alert names; null for the one of the target's URL.</param>
    /// <param name="steps">The questions.</param>
    /// <param name="redactor">Learns the password.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">The target does not answer at all.</exception>
    public static async Task<IReadOnlyList<DiagnosisAnswer>> RunAsync(MonitoredTarget target, string? database, IReadOnlyList<DiagnosisStep> steps, Redactor redactor, CancellationToken cancel)
    {
        if (target.Engine == MonitoredTarget.PgBouncer)
            return await PoolerDiagnosis.RunAsync(await target.UrlAsync(cancel), steps, MostRows, redactor, cancel);
        var url = PostgreSqlUrl.Parse(await target.UrlAsync(cancel));
        if (database is { Length: > 0 })
            url.Database = database;
        var server = PostgreSqlServer.At(url.ConnectionString, redactor);
        var answers = new List<DiagnosisAnswer>();
        try
        {
            await using var connection = await server.OpenAsync(cancel);
            var major = connection.PostgreSqlVersion.Major;
            foreach (var step in steps)
            {
                if (step.Place == DiagnosisPlace.Pooler)
                    answers.Add(new DiagnosisAnswer(step, null, [], "a question for the pooler: --target pgbouncer://NAME"));
                else if (major >= step.Since && (step.Until == 0 || major <= step.Until))
                    answers.Add(await AskAsync(connection, step, cancel));
            }
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, server.Name);
        }

        return answers;
    }

    private static async Task<DiagnosisAnswer> AskAsync(NpgsqlConnection connection, DiagnosisStep step, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            await using (var limits = new NpgsqlCommand("/* lk:observe.runbook */ SELECT set_config('statement_timeout', '10s', true), set_config('lock_timeout', '1s', true), set_config('transaction_read_only', 'on', true)", connection, transaction))
                await limits.ExecuteNonQueryAsync(cancel);
            await using var command = new NpgsqlCommand("/* lk:observe.runbook */ " + step.Sql, connection, transaction) { AllResultTypesAreUnknown = true };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToList();
            var rows = new List<IReadOnlyList<string?>>();
            while (rows.Count < MostRows && await reader.ReadAsync(cancel))
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : Text(reader.GetString(i)))]);
            return new DiagnosisAnswer(step, columns, rows, null);
        }
        catch (PostgresException e)
        {
            return new DiagnosisAnswer(step, null, [], e.MessageText);
        }
    }

    /// <summary>One line, as the server writes the value: the driver itself does not know every type of the catalogs.</summary>
    private static string Text(string value)
    {
        var text = string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= MostCharacters ? text : text[..MostCharacters] + "…";
    }
}
