namespace Lockkeeper.Observe.Regressions;

/// <summary>What a deploy can have done to a statement.</summary>
internal enum Mechanism
{
    /// <summary>An index that it could use is gone, or not valid.</summary>
    IndexGone,

    /// <summary>A column that it names has another type.</summary>
    TypeChanged,

    /// <summary>A table that it names was rewritten or made anew, and has not been analyzed since.</summary>
    StatisticsMissing,

    /// <summary>A trigger works with each of its rows.</summary>
    TriggerAdded,

    /// <summary>An index or constraint more has to be kept up by its writes.</summary>
    MoreToKeepUp,

    /// <summary>A view or function that it uses is another one.</summary>
    DefinitionChanged,

    /// <summary>Row security adds conditions to it.</summary>
    RowSecurity,

    /// <summary>A setting of the server or database is another one.</summary>
    SettingChanged,

    /// <summary>It waits for locks.</summary>
    Lock,

    /// <summary>Its plan has changed, and nothing that was deployed explains it.</summary>
    PlanChanged,

    /// <summary>Nothing explains it.</summary>
    Unknown,
}

/// <summary>A difference in the structure of a database that can make statements slower.</summary>
/// <param name="Mechanism">What it can do.</param>
/// <param name="Table">The table, with its schema; empty when it is of no table.</param>
/// <param name="Object">What has changed: an index, a column, a trigger.</param>
/// <param name="Words">The change in words.</param>
internal sealed record StructureChange(Mechanism Mechanism, string Table, string Object, string Words);

/// <summary>What a database is made of, as far as it decides how fast statements are.</summary>
/// <param name="Indexes">By table and name: definition, with a mark when it is not valid.</param>
/// <param name="Columns">By table and name: type.</param>
/// <param name="Triggers">By table and name: definition.</param>
/// <param name="Views">By name: a hash of the definition.</param>
/// <param name="Routines">By name and arguments: a hash of the definition.</param>
/// <param name="Policies">By table: row security and its policies.</param>
/// <param name="Files">By table: the file that it is in, which a rewrite changes.</param>
/// <param name="Analyzed">By table: when it was analyzed last; null for never.</param>
/// <param name="Settings">By name: value.</param>
internal sealed record Structure(
    IReadOnlyDictionary<string, string> Indexes, IReadOnlyDictionary<string, string> Columns, IReadOnlyDictionary<string, string> Triggers, IReadOnlyDictionary<string, string> Views,
    IReadOnlyDictionary<string, string> Routines, IReadOnlyDictionary<string, string> Policies, IReadOnlyDictionary<string, string> Files, IReadOnlyDictionary<string, DateTimeOffset?> Analyzed, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Stands between a table and the name of a part of it.</summary>
    public const char Of = '\t';

    /// <summary>What has changed between two readings, and can make statements slower.</summary>
    /// <param name="before">The earlier one.</param>
    /// <param name="after">The later one.</param>
    /// <param name="deployedAt">When the deploy began: what was analyzed before it and rewritten by it has no statistics that fit.</param>
    public static IReadOnlyList<StructureChange> Changes(Structure before, Structure after, DateTimeOffset deployedAt) =>
    [
        .. Gone(before.Indexes, after.Indexes).Where(one => after.Files.ContainsKey(Table(one.Name))).Select(one => new StructureChange(Mechanism.IndexGone, Table(one.Name), Part(one.Name), $"the index {Part(one.Name)} is gone")),
        .. Other(before.Indexes, after.Indexes).Select(one => new StructureChange(Mechanism.IndexGone, Table(one.Name), Part(one.Name), one.Now.StartsWith('!') ? $"the index {Part(one.Name)} is not valid" : $"the index {Part(one.Name)} is another one")),
        .. Gone(after.Indexes, before.Indexes).Where(one => before.Files.ContainsKey(Table(one.Name))).Select(one => new StructureChange(Mechanism.MoreToKeepUp, Table(one.Name), Part(one.Name), $"the index {Part(one.Name)} is new")),
        .. Other(before.Columns, after.Columns).Select(one => new StructureChange(Mechanism.TypeChanged, Table(one.Name), Part(one.Name), $"{Table(one.Name)}.{Part(one.Name)} is {one.Now}, was {one.Was}")),
        .. Gone(after.Triggers, before.Triggers).Concat(Other(before.Triggers, after.Triggers).Select(one => (one.Name, one.Now))).Select(one => new StructureChange(Mechanism.TriggerAdded, Table(one.Name), Part(one.Name), $"the trigger {Part(one.Name)} is new or another one")),
        .. Other(before.Views, after.Views).Select(one => new StructureChange(Mechanism.DefinitionChanged, one.Name, one.Name, $"the view {one.Name} is another one")),
        .. Other(before.Routines, after.Routines).Select(one => new StructureChange(Mechanism.DefinitionChanged, "", one.Name, $"the function {one.Name} is another one")),
        .. after.Policies.Where(one => before.Policies.GetValueOrDefault(one.Key) != one.Value).Select(one => new StructureChange(Mechanism.RowSecurity, one.Key, one.Key, $"row security of {one.Key} is another one")),
        .. after.Files.Where(one => before.Files.GetValueOrDefault(one.Key) != one.Value && (after.Analyzed.GetValueOrDefault(one.Key) is not { } at || at < deployedAt)).Select(one => new StructureChange(Mechanism.StatisticsMissing, one.Key, one.Key, $"{one.Key} was rewritten or made anew, and was not analyzed since")),
        .. Other(before.Settings, after.Settings).Select(one => new StructureChange(Mechanism.SettingChanged, "", one.Name, $"{one.Name} is {one.Now}, was {one.Was}")),
        .. Gone(after.Settings, before.Settings).Select(one => new StructureChange(Mechanism.SettingChanged, "", one.Name, $"{one.Name} is {one.Value}")),
        .. Gone(before.Settings, after.Settings).Select(one => new StructureChange(Mechanism.SettingChanged, "", one.Name, $"{one.Name} is not set any more")),
    ];

    private static string Table(string name) => name[..name.IndexOf(Of, StringComparison.Ordinal)];

    private static string Part(string name) => name[(name.IndexOf(Of, StringComparison.Ordinal) + 1)..];

    private static IEnumerable<(string Name, string Value)> Gone(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) => before.Where(one => !after.ContainsKey(one.Key)).Select(one => (one.Key, one.Value));

    private static IEnumerable<(string Name, string Was, string Now)> Other(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        before.Where(one => after.TryGetValue(one.Key, out var now) && now != one.Value).Select(one => (one.Key, one.Value, after[one.Key]));
}
