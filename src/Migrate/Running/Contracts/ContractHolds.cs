using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running.Contracts;

/// <summary>Which pending migrations wait: those that take an old form away while somebody may still use it, and those that need what they do.</summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="options">How the run was asked for.</param>
internal sealed class ContractHolds(ChosenTarget chosen, Workspace workspace, HoldOptions options)
{
    private readonly Dictionary<string, IReadOnlyList<string>> asked = new(StringComparer.Ordinal);

    /// <summary>The comparison without the migrations that wait. One that waited is not late when its time has come.</summary>
    /// <param name="series">The series.</param>
    /// <param name="comparison">What is pending.</param>
    /// <param name="prepare">Parses a migration, for the tables that it touches.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<HistoryComparison> OfAsync(MigrationSeries series, HistoryComparison comparison, Func<Migration, IPreparedScript> prepare, CancellationToken cancel)
    {
        if (series.Migrations.All(migration => migration.Up.ContractOf.Count == 0))
            return comparison;
        var after = Dependents(series, comparison.Pending, prepare);
        comparison = comparison.Admitting(migration => migration.Up.ContractOf.Count > 0 || after.ContainsKey(migration.Id));
        if (options.Anyway is not null || !chosen.Environment.Contract.Hold)
            return comparison;

        var (held, names) = (new List<HeldMigration>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var migration in comparison.Pending)
        {
            var reasons = new List<string>();
            foreach (var column in migration.Up.ContractOf)
                reasons.AddRange(await ReasonsAsync(column, cancel));
            reasons.AddRange(after.GetValueOrDefault(migration.Id, []).Where(names.Contains).Take(1).Select(other => $"it touches what {other} changes"));
            if (reasons.Count == 0)
                continue;
            names.Add(migration.Id);
            held.Add(new HeldMigration(migration, reasons));
        }

        return held.Count == 0 ? comparison : comparison.Holding(held);
    }

    /// <summary>The pending migrations that come after a contract and touch its tables, or those of one that does, each with what it comes after.</summary>
    private static Dictionary<string, IReadOnlyList<string>> Dependents(MigrationSeries series, IReadOnlyList<Migration> pending, Func<Migration, IPreparedScript> prepare)
    {
        var waiting = pending.Select(migration => migration.Id).ToHashSet(StringComparer.Ordinal);
        var (before, found) = (new List<(string Id, HashSet<string> Tables)>(), new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal));
        foreach (var migration in series.Migrations.Where(migration => migration.Up.ContractOf.Count > 0 || waiting.Contains(migration.Id)))
        {
            if (migration.Up.ContractOf.Count == 0 && before.Count == 0)
                continue;
            var tables = Tables(prepare(migration));
            var others = before.Where(other => other.Tables.Overlaps(tables)).Select(other => other.Id).ToList();
            if (others.Count > 0)
                found[migration.Id] = others;
            if (others.Count > 0 || migration.Up.ContractOf.Count > 0)
                before.Add((migration.Id, tables));
        }

        return found;
    }

    /// <summary>The relations that a script locks in any way, without schema: one too many only waits, one too few would break.</summary>
    private static HashSet<string> Tables(IPreparedScript script) =>
        script.Impact.Locks.Select(held => held[(held.LastIndexOf(' ') + 1)..]).Select(relation => relation[(relation.LastIndexOf('.') + 1)..])
            .Concat(script.Source.ContractOf.Select(column => column.Split('.') is [.., var table, _] ? table : column)).ToHashSet(StringComparer.Ordinal);

    private async Task<IReadOnlyList<string>> ReasonsAsync(string column, CancellationToken cancel)
    {
        if (asked.TryGetValue(column, out var known))
            return known;
        var gate = chosen.Environment.Contract;
        if (!gate.AsksAnything)
            return asked[column] = [$"nothing says for {chosen.Environment.Name} when {column} may go: configure 'contract' of the environment, or give --contract-anyway"];
        var answers = new List<ContractAnswer>(await new ContractGate(gate, workspace).AskAsync(column, chosen.Target.ClientVariables, cancel));
        if (gate.UnusedFor is { } limit)
            answers.Add(await new UseRecord(chosen, workspace).AnswerAsync(column, await chosen.Target.ReadColumnUseAsync(column, cancel), limit, options.Writes, cancel));
        if (gate.NoApplication is { } pattern)
        {
            var connected = await chosen.Target.ReadApplicationsAsync(pattern, cancel);
            answers.Add(new ContractAnswer(connected.Count == 0, connected.Count == 0 ? $"no {pattern} is connected" : $"still connected: {string.Join(", ", connected)}"));
        }

        return asked[column] = [.. answers.Where(answer => !answer.Agrees).Select(answer => answer.Words)];
    }
}

/// <summary>How contracts are looked at.</summary>
/// <param name="Writes">Whether what is seen may be written into the ledger: not by something that only shows.</param>
/// <param name="Anyway">Why contracts run whoever says no; null to hold them.</param>
internal sealed record HoldOptions(bool Writes, string? Anyway)
{
    /// <summary>For what only shows.</summary>
    public static HoldOptions Show { get; } = new(false, null);
}
