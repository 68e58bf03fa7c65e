using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.Expand;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>An index or constraint over the old column and the one that is made like it over the new column.</summary>
/// <param name="Old">The old one.</param>
/// <param name="New">The new one.</param>
/// <param name="Name">The name of the new one while both are there.</param>
internal sealed record DependentPair(Dependent Old, Dependent New, string Name);

/// <summary>A column that is made anew beside the old one: with another name, another type, or as several.</summary>
internal sealed record ColumnChange
{
    public required TableFacts Table { get; init; }

    public required ColumnFacts Old { get; init; }

    /// <summary>The new columns as they are while both are there.</summary>
    public required IReadOnlyList<ColumnFacts> News { get; init; }

    /// <summary>The values of the new columns over the table's, in their order.</summary>
    public required IReadOnlyList<string> Values { get; init; }

    /// <summary>The old column's value over the new ones.</summary>
    public required string Back { get; init; }

    /// <summary>What is made over the old column, with what is made like it.</summary>
    public required IReadOnlyList<DependentPair> Pairs { get; init; }

    /// <summary>What is made over the old column and goes with it.</summary>
    public IReadOnlyList<Dependent> Lost { get; init; } = [];

    /// <summary>Whether the new column takes the old one's name in the end.</summary>
    public bool KeepsName { get; init; }

    /// <summary>The type of the sequence behind the old column before and after; null when it stays.</summary>
    public (string Before, string After)? SequenceType { get; init; }

    /// <summary>The view of the new form for the new application; null for none.</summary>
    public TableView? View { get; init; }

    /// <summary>What becomes of what: <c>orders.note becomes orders.remark</c>.</summary>
    public required string Words { get; init; }

    /// <summary>The words of the files' names.</summary>
    public required string Slug { get; init; }
}

/// <summary>The files of the three phases of a column that is made anew.</summary>
internal sealed class ColumnPhases
{
    private readonly ColumnChange change;
    private readonly ColumnScript script;
    private readonly SyncTrigger sync;
    private readonly IReadOnlyList<string> key;

    /// <summary>Prepares the files.</summary>
    /// <param name="change">The change.</param>
    /// <param name="key">The columns of the primary key, along which rows are filled.</param>
    public ColumnPhases(ColumnChange change, IReadOnlyList<string> key)
    {
        (this.change, this.key) = (change, key);
        script = new ColumnScript(change.Table);
        sync = new SyncTrigger(change.Table, change.Old, [.. change.News.Zip(change.Values, (column, value) => new NewColumn(column.Name, column.Type, value, column.HasVolatileDefault ? null : column.Default))], change.Back);
    }

    private TableFacts Table => change.Table;

    private ColumnFacts Old => change.Old;

    private string OldName => SqlName.Of(Old.Name);

    /// <summary>The primary key that the old column is in; null when it is in none.</summary>
    private DependentPair? Primary => change.Pairs.FirstOrDefault(pair => pair.Old.Kind == DependentKind.Primary);

    private IEnumerable<DependentPair> Inbound => change.Pairs.Where(pair => pair.Old.Kind == DependentKind.Inbound);

    /// <summary>The files.</summary>
    public IReadOnlyList<PhaseFile> Files =>
    [
        new($"expand_{change.Slug}", ColumnScript.File(Head(1, "expand", "Old and new applications may write from here on: a trigger keeps both equal, whichever is written."), Expand), ColumnScript.File([$"Takes back: {change.Words}."], ExpandBack)),
        new($"backfill_{change.Slug}", ColumnScript.File(["lk: no-transaction", .. Head(2, "backfill", "Fills the rows that were there before, then builds what the old column has: indexes, constraints.")], Fill), ColumnScript.File(["lk: no-transaction", "The values stay; they go with the column."], FillBack)),
        new(
            $"contract_{change.Slug}",
            ColumnScript.File([$"lk: contract of {SqlName.Of([Table.Schema, Table.Name, Old.Name])}", $"lk: allow-file {string.Join(", ", Allowed)}: the gate holds this file until nothing uses the old column", .. Head(3, "contract", "From here on there is only the new form.")], Contract),
            ColumnScript.File(["lk: no-transaction", "Makes the old form again beside the new one, and fills it."], ContractBack)),
    ];

    /// <summary>The rules that the contract breaks by design: what they guard is looked at by its gate. The index of a key that is taken over while a table that points at it waits is not built again.</summary>
    private IEnumerable<string> Allowed =>
    [
        "ban-drop-column", .. change.View is null ? [] : new[] { "ban-drop-view" }, .. change.KeepsName ? ["renaming-column"] : Array.Empty<string>(), .. Primary is null || Inbound.All(pair => pair.Old.Written == Table.Written) ? [] : new[] { "statements-while-holding-lock" },
        .. Old is { HasVolatileDefault: true, NotNull: true, Identity: null } && change.News.Count == 1 ? ["ban-drop-default"] : Array.Empty<string>(),
    ];

    private IEnumerable<string> Head(int phase, string name, string words) => [$"Phase {phase} of 3, {name}: {change.Words}.", words];

    private IEnumerable<string> Expand => [.. change.News.SelectMany(script.Add), .. sync.Create, .. change.View?.Create ?? []];

    private IEnumerable<string> ExpandBack => [.. change.View?.Drop ?? [], .. sync.Drop, .. change.News.Select(column => script.Alter($"DROP COLUMN {SqlName.Of(column.Name)}"))];

    private IEnumerable<string> Fill
    {
        get
        {
            var sets = string.Join(", ", change.News.Zip(change.Values, (column, value) => $"{SqlName.Of(column.Name)} = {value}"));
            var empty = string.Join(" AND ", change.News.Select(column => $"{SqlName.Of(column.Name)} IS NULL"));
            var filled = change.Values.Count == 1 ? $"({change.Values[0]}) IS NOT NULL" : $"({string.Join(" OR ", change.Values.Select(value => $"({value}) IS NOT NULL"))})";
            yield return RowFill.Of(key, $"UPDATE {Table.Written} SET {sets}", $"{empty} AND {filled.Replace($"({OldName})", OldName, StringComparison.Ordinal)}");
            foreach (var statement in change.News.Where(column => column.NotNull).SelectMany(column => script.NotNull(column.Name)).Concat(change.Pairs.SelectMany(pair => script.Make(pair.New, pair.Name))))
                yield return statement;
        }
    }

    private IEnumerable<string> FillBack =>
    [
        .. change.Pairs.Count == 0 && change.News.All(column => !column.NotNull) ? ["SELECT 1"] : Array.Empty<string>(),
        .. change.Pairs.Reverse().SelectMany(pair => script.Remove(pair.New, pair.Name)),
        .. change.News.Where(column => column.NotNull).SelectMany(column => script.Nullable(column.Name)),
    ];

    private IEnumerable<string> Contract
    {
        get
        {
            foreach (var statement in (change.View?.Drop ?? []).Concat(sync.Drop))
                yield return statement;
            foreach (var pair in Inbound)
                yield return $"ALTER TABLE {pair.Old.Written} DROP CONSTRAINT {SqlName.Of(pair.Old.Name)}";
            if (Primary is { } primary)
            {
                yield return script.Alter($"DROP CONSTRAINT {SqlName.Of(primary.Old.Name)}");
                yield return script.Alter($"ADD CONSTRAINT {SqlName.Of(primary.Old.Name)} PRIMARY KEY USING INDEX {SqlName.Of(primary.Name)}");
            }

            foreach (var statement in Generator(Old.Name, change.News[0].Name, change.SequenceType?.After))
                yield return statement;
            yield return script.Alter($"DROP COLUMN {OldName}");
            foreach (var statement in Names(isBack: false))
                yield return statement;
        }
    }

    private IEnumerable<string> ContractBack
    {
        get
        {
            yield return ColumnScript.Together(
            [
                .. Names(isBack: true), .. script.Add(Old), .. Generator(change.News[0].Name, Old.Name, change.SequenceType?.Before), .. sync.Create, .. change.View?.Create ?? [],
            ]);
            var empty = string.Join(" OR ", change.News.Select(column => $"{SqlName.Of(column.Name)} IS NOT NULL"));
            var atKey = key.Select(column => column == Old.Name ? change.News[0].Name : column);
            yield return RowFill.Of([.. atKey], $"UPDATE {Table.Written} SET {OldName} = {change.Back}", $"{OldName} IS NULL AND {(change.News.Count > 1 ? $"({empty})" : empty)}");
            if (Old.NotNull)
            {
                foreach (var statement in script.NotNull(Old.Name))
                    yield return statement;
            }

            foreach (var made in change.Pairs.Where(pair => pair.Old.Kind is not (DependentKind.Primary or DependentKind.Inbound)).Select(pair => pair.Old).Concat(change.Lost))
            {
                foreach (var statement in script.Make(made, made.Name))
                    yield return statement;
            }

            foreach (var statement in PrimaryBack())
                yield return statement;
        }
    }

    /// <summary>The primary key goes back to the old column, and every foreign key to the index that it had.</summary>
    private IEnumerable<string> PrimaryBack()
    {
        if (Primary is not { } primary)
        {
            foreach (var statement in Inbound.SelectMany(pair => script.Make(pair.Old, pair.Old.Name)))
                yield return statement;
            yield break;
        }

        var (constraint, index) = (SqlName.Of(primary.Old.Name), Table.Free($"{primary.Old.Name}_back"));
        foreach (var statement in script.Make(primary.New, primary.Name).Concat(script.Make(primary.Old, index)))
            yield return statement;
        yield return ColumnScript.Together(
        [
            .. Inbound.Select(pair => $"ALTER TABLE {pair.New.Written} DROP CONSTRAINT {SqlName.Of(pair.Name)}"),
            script.Alter($"DROP CONSTRAINT {constraint}"),
            script.Alter($"ADD CONSTRAINT {constraint} PRIMARY KEY USING INDEX {SqlName.Of(index)}"),
            .. Inbound.SelectMany(pair => new[] { ColumnScript.NotValid(pair.New, pair.Name), ColumnScript.NotValid(pair.Old, pair.Old.Name) }),
        ]);
        foreach (var pair in Inbound)
        {
            if (pair.New.IsValidated)
                yield return $"ALTER TABLE {pair.New.Written} VALIDATE CONSTRAINT {SqlName.Of(pair.Name)}";
            if (pair.Old.IsValidated)
                yield return $"ALTER TABLE {pair.Old.Written} VALIDATE CONSTRAINT {SqlName.Of(pair.Old.Name)}";
        }
    }

    /// <summary>What gives new rows their values goes from one column to the other: an identity with its place, a default with its sequence.</summary>
    private IEnumerable<string> Generator(string from, string to, string? sequenceType)
    {
        var (source, target) = (SqlName.Of(from), SqlName.Of(to));
        if (Old is { Identity: { } identity, Sequence: { } sequence })
        {
            yield return $"""
                DO $identity$
                DECLARE
                    place record;
                BEGIN
                    SELECT last_value, is_called INTO place FROM {sequence};
                    ALTER TABLE {Table.Written} ALTER COLUMN {source} DROP IDENTITY;
                    ALTER TABLE {Table.Written} ALTER COLUMN {target} ADD GENERATED {identity} AS IDENTITY (SEQUENCE NAME {sequence});
                    PERFORM setval('{sequence.Replace("'", "''", StringComparison.Ordinal)}', place.last_value, place.is_called);
                END
                $identity$
                """;
        }
        else if (Old.HasVolatileDefault && change.News is [var only])
        {
            yield return script.Alter($"ALTER COLUMN {source} DROP DEFAULT");
            yield return script.Alter($"ALTER COLUMN {target} SET DEFAULT {(to == Old.Name ? Old.Default : only.Default)}");
            if (Old.Sequence is { } owned)
                yield return $"ALTER SEQUENCE {owned}{(sequenceType is null ? "" : $" AS {sequenceType}")} OWNED BY {Table.Written}.{target}";
        }
    }

    /// <summary>The new column and what is over it take the names of the old, or give them back.</summary>
    private IEnumerable<string> Names(bool isBack)
    {
        if (!change.KeepsName)
            yield break;
        var renames = change.Pairs.Where(pair => pair.Old.Kind != DependentKind.Primary).Select(pair =>
        {
            var (from, to) = isBack ? (pair.Old.Name, pair.Name) : (pair.Name, pair.Old.Name);
            return pair.Old.Kind == DependentKind.Index ? $"ALTER INDEX {Table.Beside(from)} RENAME TO {SqlName.Of(to)}" : $"ALTER TABLE {pair.Old.Written} RENAME CONSTRAINT {SqlName.Of(from)} TO {SqlName.Of(to)}";
        });
        var (column, other) = isBack ? (OldName, SqlName.Of(change.News[0].Name)) : (SqlName.Of(change.News[0].Name), OldName);
        yield return script.Alter($"RENAME COLUMN {column} TO {other}");
        foreach (var rename in renames)
            yield return rename;
    }
}
