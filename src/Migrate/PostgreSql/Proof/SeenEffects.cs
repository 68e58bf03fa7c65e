using Lockkeeper.Migrate.Proof;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>Finds out from two looks at the catalog what happened in between to what was there before the script.</summary>
/// <param name="start">The look before the script.</param>
internal sealed class SeenEffects(CatalogLook start)
{
    private readonly Dictionary<long, int> held = [];

    /// <summary>A new transaction holds nothing yet.</summary>
    public void ForgetLocks() => held.Clear();

    /// <summary>The locks that are new, the strongest a relation, strongest first.</summary>
    /// <param name="seen">Relations and strengths, as seen.</param>
    public IReadOnlyList<HeldLock> Locks(IEnumerable<(long Relation, int Strength)> seen)
    {
        var fresh = new List<(string Name, int Strength)>();
        var strongest = seen.Where(one => start.Relations.ContainsKey(one.Relation)).GroupBy(one => one.Relation).Select(group => (group.Key, Relation: start.Relations[group.Key], Strength: group.Max(one => one.Strength)));
        foreach (var (oid, relation, strength) in strongest.OrderBy(one => one.Relation.IsIndex))
        {
            if (strength <= held.GetValueOrDefault(oid))
                continue;
            held[oid] = strength;
            // An index is locked with its table; alone it matters from SHARE UPDATE EXCLUSIVE on.
            if (!relation.IsIndex || (strength >= 4 && strength > held.GetValueOrDefault(relation.Table)))
                fresh.Add((relation.Name, strength));
        }

        return [.. fresh.OrderByDescending(one => one.Strength).ThenBy(one => one.Name, StringComparer.Ordinal).Select(one => LockTable.Lock(one.Name, one.Strength))];
    }

    /// <summary>What happened between two looks.</summary>
    public StatementTrace Between(StatementTrace statement, CatalogLook before, CatalogLook after)
    {
        var written = statement.Command.StartsWith("TRUNCATE", StringComparison.Ordinal) ? [] : start.Relations
            .Where(pair => pair.Value.HasRows || pair.Value.IsIndex)
            .Where(pair => before.Relations.TryGetValue(pair.Key, out var old) && after.Relations.TryGetValue(pair.Key, out var now) && old.File != now.File)
            .Select(pair => pair.Key).ToHashSet();
        return statement with
        {
            // Indexes are written anew with their table.
            Rewrites = Names(written.Where(oid => !written.Contains(start.Relations[oid].Table))),
            Scans = Names(start.Relations.Keys.Where(oid => start.Relations[oid].HasRows && before.Relations.TryGetValue(oid, out var old) && after.Relations.TryGetValue(oid, out var now) && now.Scans > old.Scans)),
            Indexes = [.. after.Indexes
                .Where(pair => (!before.Indexes.TryGetValue(pair.Key, out var was) || was != pair.Value) && start.Relations.ContainsKey(after.Relations[pair.Key].Table))
                .Select(pair => new BuiltIndex(after.Relations[pair.Key].Name, start.Relations[after.Relations[pair.Key].Table].Name, pair.Value))],
            Constraints = [.. after.Constraints
                .Where(pair => (!before.Constraints.TryGetValue(pair.Key, out var was) || was.IsValidated != pair.Value.IsValidated) && start.Relations.ContainsKey(pair.Value.Table))
                .Select(pair => new CheckedConstraint(pair.Value.Name, start.Relations[pair.Value.Table].Name, pair.Value.IsValidated))],
            Triggers = [.. after.Functions
                .Select(pair => (pair.Value.Name, Calls: pair.Value.Calls - (before.Functions.TryGetValue(pair.Key, out var was) ? was.Calls : 0)))
                .Where(one => one.Calls > 0).Select(one => $"{one.Name}() {one.Calls} ×")],
        };
    }

    private IReadOnlyList<string> Names(IEnumerable<long> oids) => [.. oids.Select(oid => start.Relations[oid]).Select(relation => relation.IsIndex ? $"index {relation.Name}" : relation.Name).Order(StringComparer.Ordinal)];
}
