using Lockkeeper.Engines.PostgreSql.Pooling;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Pooling;

/// <summary>Asks a pooler the questions of a runbook that are for it; its console only shows what is there.</summary>
internal static class PoolerDiagnosis
{
    /// <summary>Asks them.</summary>
    /// <param name="url">The console's URL.</param>
    /// <param name="steps">The questions.</param>
    /// <param name="most">How many rows are shown.</param>
    /// <param name="redactor">Learns the password.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">The pooler does not answer.</exception>
    public static async Task<IReadOnlyList<DiagnosisAnswer>> RunAsync(string url, IReadOnlyList<DiagnosisStep> steps, int most, Redactor redactor, CancellationToken cancel)
    {
        await using var console = await AdminConsole.OpenAsync(url, redactor, cancel);
        var answers = new List<DiagnosisAnswer>();
        foreach (var step in steps)
        {
            if (step.Place == DiagnosisPlace.Pooler)
                answers.Add(await AskAsync(console, step, most, cancel));
            else
                answers.Add(new DiagnosisAnswer(step, null, [], "a question for the server: --target with the name of its cluster"));
        }

        return answers;
    }

    private static async Task<DiagnosisAnswer> AskAsync(AdminConsole console, DiagnosisStep step, int most, CancellationToken cancel)
    {
        var table = await console.AskAsync(step.Sql, cancel);
        return new DiagnosisAnswer(step, table.Columns, [.. table.Rows.Take(most)], null);
    }
}
