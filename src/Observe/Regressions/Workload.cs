namespace Lockkeeper.Observe.Regressions;

/// <summary>What one statement has done since its numbers began.</summary>
/// <param name="Calls">Executions.</param>
/// <param name="Seconds">Time spent executing it.</param>
/// <param name="Rows">Rows that it returned or changed.</param>
/// <param name="Blocks">Blocks of shared buffers that it touched, found or read.</param>
/// <param name="TempBlocks">Blocks of temporary files.</param>
internal sealed record StatementNumbers(double Calls, double Seconds, double Rows, double Blocks, double TempBlocks)
{
    public double MeanSeconds => Seconds / Calls;

    public double BlocksPerCall => Blocks / Calls;

    public double RowsPerCall => Rows / Calls;

    public StatementNumbers Minus(StatementNumbers other) => new(Calls - other.Calls, Seconds - other.Seconds, Rows - other.Rows, Blocks - other.Blocks, TempBlocks - other.TempBlocks);

    public StatementNumbers Plus(StatementNumbers other) => new(Calls + other.Calls, Seconds + other.Seconds, Rows + other.Rows, Blocks + other.Blocks, TempBlocks + other.TempBlocks);
}

/// <summary>What a statement is known by: its text with constants left out. Ids change when a table is made anew; texts do not.</summary>
/// <param name="User">Who executes it.</param>
/// <param name="Text">The text, with single spaces.</param>
internal sealed record StatementKey(string User, string Text);

/// <summary>All statements of a database at a moment.</summary>
/// <param name="At">The moment, by the server's clock.</param>
/// <param name="ResetAt">When the numbers were set to zero; null when the server does not say.</param>
/// <param name="Evictions">How many times statements were thrown out.</param>
/// <param name="Statements">The numbers by id of user and statement.</param>
internal sealed record Workload(DateTimeOffset At, DateTimeOffset? ResetAt, long Evictions, IReadOnlyDictionary<string, StatementNumbers> Statements);

/// <summary>What statements did between two moments.</summary>
/// <param name="From">The first moment.</param>
/// <param name="To">The second one.</param>
/// <param name="Statements">What each did in between.</param>
internal sealed record WorkloadWindow(DateTimeOffset From, DateTimeOffset To, IReadOnlyDictionary<string, StatementNumbers> Statements)
{
    /// <summary>The window between two readings. A statement whose numbers have fallen began anew in between (a reset, or it was thrown out and came back): what it has now is from after that.</summary>
    public static WorkloadWindow Between(Workload first, Workload second)
    {
        var wasReset = first.ResetAt != second.ResetAt;
        var statements = new Dictionary<string, StatementNumbers>(StringComparer.Ordinal);
        foreach (var (id, now) in second.Statements)
        {
            var difference = !wasReset && first.Statements.TryGetValue(id, out var before) && before.Calls <= now.Calls && before.Seconds <= now.Seconds ? now.Minus(before) : now;
            if (difference.Calls > 0)
                statements[id] = difference;
        }

        return new WorkloadWindow(first.At, second.At, statements);
    }

    /// <summary>All that a reading knows of the past.</summary>
    public static WorkloadWindow UpTo(Workload reading) => new(reading.ResetAt ?? DateTimeOffset.UnixEpoch, reading.At, reading.Statements.Where(pair => pair.Value.Calls > 0).ToDictionary(StringComparer.Ordinal));
}
