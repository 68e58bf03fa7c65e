using System.Collections.Immutable;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Indexes by their full names and by their tables. It never changes.</summary>
/// <remarks>Rules ask for a table's indexes at every statement: looking through all of them would take time that grows with the square of a series.</remarks>
internal sealed class KnownIndexes
{
    private readonly ImmutableDictionary<string, KnownIndex> byName;
    private readonly ImmutableDictionary<string, string[]> ofTable;

    private KnownIndexes(ImmutableDictionary<string, KnownIndex> byName, ImmutableDictionary<string, string[]> ofTable) =>
        (this.byName, this.ofTable) = (byName, ofTable);

    /// <summary>None.</summary>
    public static KnownIndexes Empty { get; } = new(
        ImmutableDictionary.Create<string, KnownIndex>(StringComparer.Ordinal, ReferenceEqualityComparer.Instance),
        ImmutableDictionary.Create<string, string[]>(StringComparer.Ordinal, ReferenceEqualityComparer.Instance));

    /// <summary>The full names of all.</summary>
    public IEnumerable<string> Keys => byName.Keys;

    /// <summary>The one of this name, which is known.</summary>
    public KnownIndex this[string name] => byName[name];

    /// <summary>Those of a table, by name.</summary>
    public IEnumerable<KnownIndex> Of(string table) => ofTable.TryGetValue(table, out var names) ? names.Select(name => byName[name]) : [];

    /// <summary>Whether one of this name is known.</summary>
    public bool ContainsKey(string name) => byName.ContainsKey(name);

    /// <summary>The one of this name; null when none is known.</summary>
    public KnownIndex? GetValueOrDefault(string name) => byName.GetValueOrDefault(name);

    /// <summary>The one of this name, if it is known.</summary>
    public bool TryGetValue(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out KnownIndex? index) => byName.TryGetValue(name, out index);

    /// <summary>The same with an index put in place.</summary>
    public KnownIndexes SetItem(string name, KnownIndex index)
    {
        var without = byName.TryGetValue(name, out var old) && old.Table != index.Table ? Remove(name) : this;
        var names = without.ofTable.GetValueOrDefault(index.Table) ?? [];
        return new KnownIndexes(without.byName.SetItem(name, index), names.Contains(name) ? without.ofTable : without.ofTable.SetItem(index.Table, [.. names, name]));
    }

    /// <summary>The same with several put in place.</summary>
    public KnownIndexes SetItems(IEnumerable<KeyValuePair<string, KnownIndex>> indexes) => indexes.Aggregate(this, (all, pair) => all.SetItem(pair.Key, pair.Value));

    /// <summary>The same without one.</summary>
    public KnownIndexes Remove(string name)
    {
        if (!byName.TryGetValue(name, out var old))
            return this;
        var names = Array.FindAll(ofTable[old.Table], other => other != name);
        return new KnownIndexes(byName.Remove(name), names.Length == 0 ? ofTable.Remove(old.Table) : ofTable.SetItem(old.Table, names));
    }

    /// <summary>The same without several.</summary>
    public KnownIndexes RemoveRange(IEnumerable<string> names) => names.Aggregate(this, (all, name) => all.Remove(name));
}
