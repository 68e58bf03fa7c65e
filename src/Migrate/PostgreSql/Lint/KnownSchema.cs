using System.Collections.Immutable;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>What is known of a schema at one point of a series: from the target's catalog, from the statements before, or both. It never changes.</summary>
/// <remarks>What is not in it may exist all the same: a series need not begin at nothing.</remarks>
internal sealed record KnownSchema
{
    /// <summary>Nothing known.</summary>
    public static KnownSchema Empty { get; } = new();

    /// <summary>The schema of names that are written without one.</summary>
    public string DefaultSchema { get; init; } = "public";

    /// <summary>The release that is looked at; what it creates nobody uses yet.</summary>
    public int Release { get; init; }

    /// <summary>Tables, views and materialized views by their full names.</summary>
    /// <remarks>Values are told apart by reference: a changed table is another one, and comparing all of its columns at each change would tell no more.</remarks>
    public ImmutableDictionary<string, KnownTable> Tables { get; init; } = ImmutableDictionary.Create<string, KnownTable>(StringComparer.Ordinal, ReferenceEqualityComparer.Instance);

    /// <summary>Indexes.</summary>
    public KnownIndexes Indexes { get; init; } = KnownIndexes.Empty;

    /// <summary>Enumerations, domains and other types by their full names, with the release that made each.</summary>
    public ImmutableDictionary<string, KnownType> Types { get; init; } = ImmutableDictionary.Create<string, KnownType>(StringComparer.Ordinal);

    /// <summary>A table by its full name; null when it is not known.</summary>
    public KnownTable? Table(string name) => Tables.GetValueOrDefault(name);

    /// <summary>The indexes of a table.</summary>
    public IEnumerable<KnownIndex> IndexesOf(string table) => Indexes.Of(table);

    /// <summary>The views, materialized views and rules that are known to read a table and are still there.</summary>
    public IEnumerable<string> ReadersOf(string table) => Table(table)?.ReadBy.Where(Tables.ContainsKey) ?? [];

    /// <summary>The same with a table put in place.</summary>
    public KnownSchema With(KnownTable table) => this with { Tables = Tables.SetItem(table.Name, table) };

    /// <summary>The same with a table changed, if it is known.</summary>
    public KnownSchema Change(string table, Func<KnownTable, KnownTable> change) => Table(table) is { } known ? With(change(known)) : this;
}

/// <summary>What kind of relation it is.</summary>
internal enum RelationKind
{
    Table,
    PartitionedTable,
    View,
    MaterializedView,
    ForeignTable,
}

/// <summary>A table, or another relation with columns.</summary>
/// <param name="Name">The full name: <c>public.orders</c>.</param>
/// <param name="Kind">Its kind.</param>
internal sealed record KnownTable(string Name, RelationKind Kind)
{
    /// <summary>The release that creates it; null when it was there before all that was read.</summary>
    public int? CreatedIn { get; init; }

    /// <summary>Whether it goes with the session.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>Whether all of its columns are known: not for one made from a query or from another table.</summary>
    public bool HasAllColumns { get; init; }

    /// <summary>The table that it is a partition of; null for none.</summary>
    public string? PartitionOf { get; init; }

    /// <summary>Whether it is the partition for what no other takes.</summary>
    public bool IsDefaultPartition { get; init; }

    /// <summary>The columns that tell the partitions of a partitioned table apart; empty when it is none, or when they are expressions.</summary>
    public ImmutableList<string> PartitionKey { get; init; } = [];

    /// <summary>Columns by name.</summary>
    public ImmutableDictionary<string, KnownColumn> Columns { get; init; } = ImmutableDictionary.Create<string, KnownColumn>(StringComparer.Ordinal);

    /// <summary>Constraints in the order that they came.</summary>
    public ImmutableList<KnownConstraint> Constraints { get; init; } = [];

    /// <summary>Rows by the planner's estimate; null when no target was asked.</summary>
    public long? Rows { get; init; }

    /// <summary>Bytes of the table without its indexes; null when no target was asked.</summary>
    public long? Bytes { get; init; }

    /// <summary>The publications of logical replication that it belongs to; empty when none is known.</summary>
    public ImmutableList<string> Publications { get; init; } = [];

    /// <summary>Relations whose definition reads it (views, materialized views, rules), as far as known.</summary>
    public ImmutableList<string> ReadBy { get; init; } = [];

    /// <summary>The same with a column changed, if it is known.</summary>
    public KnownTable Change(string column, Func<KnownColumn, KnownColumn> change) =>
        Columns.TryGetValue(column, out var known) ? this with { Columns = Columns.SetItem(column, change(known)) } : this;
}

/// <summary>A column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as <see cref="ColumnType"/> spells it.</param>
/// <param name="NotNull">Whether it refuses NULL.</param>
/// <param name="HasDefault">Whether it has a default, an identity or a generation.</param>
internal sealed record KnownColumn(string Name, ColumnType Type, bool NotNull, bool HasDefault)
{
    /// <summary>Views and materialized views whose definition reads this very column, as far as known.</summary>
    public ImmutableList<string> ReadBy { get; init; } = [];

    /// <summary>The sequence that numbers its rows; null when it has none, or when no target was asked.</summary>
    public KnownSequence? Sequence { get; init; }
}

/// <summary>A sequence that belongs to a column: of a serial or an identity.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Last">The last number that it gave.</param>
/// <param name="End">The last number that it can give.</param>
/// <param name="IsIdentity">Whether a change of the column's type changes it too.</param>
internal sealed record KnownSequence(string Name, long Last, long End, bool IsIdentity);

/// <summary>The kinds of constraints.</summary>
internal enum ConstraintKind
{
    Check,
    ForeignKey,
    Primary,
    Unique,
    Exclusion,
    NotNull,
}

/// <summary>A constraint of a table.</summary>
/// <param name="Name">Its name, the server's own choice where none is written.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Columns">Its columns in order; for a check those that it surely keeps from being NULL.</param>
/// <param name="Validated">Whether all rows are known to keep it.</param>
internal sealed record KnownConstraint(string Name, ConstraintKind Kind, ImmutableList<string> Columns, bool Validated)
{
    /// <summary>The other table of a foreign key, by its full name.</summary>
    public string? References { get; init; }

    /// <summary>Every column that a check reads.</summary>
    public ImmutableList<string> Mentions { get; init; } = [];
}

/// <summary>An index.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Table">Its table's full name.</param>
/// <param name="Columns">Its key in order; null for an expression.</param>
internal sealed record KnownIndex(string Name, string Table, ImmutableList<string?> Columns)
{
    public bool IsUnique { get; init; }

    /// <summary>Whether it has a WHERE.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Whether all that its WHERE leaves out are rows with NULL in a column of its key: a search for a value can use it.</summary>
    public bool SkipsOnlyNulls { get; init; }

    /// <summary>Whether its key has the type's own order, collation and operators throughout.</summary>
    public bool IsPlain { get; init; } = true;

    /// <summary>Every column that it needs: of its key, of expressions, of INCLUDE and of its WHERE.</summary>
    public ImmutableList<string> Mentions { get; init; } = [];

    /// <summary>Whether it can be used; a failed CREATE INDEX CONCURRENTLY leaves one that cannot.</summary>
    public bool IsValid { get; init; } = true;

    /// <summary>The access method.</summary>
    public string Method { get; init; } = "btree";

    /// <summary>The release that builds it; null when it was there before all that was read.</summary>
    public int? CreatedIn { get; init; }
}

/// <summary>A type that a series or the target has.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="CreatedIn">The release that makes it; null when it was there before.</param>
internal sealed record KnownType(string Name, int? CreatedIn)
{
    /// <summary>Whether it is an enumeration.</summary>
    public bool IsEnumeration { get; init; }

    /// <summary>Whether it is a domain.</summary>
    public bool IsDomain { get; init; }

    /// <summary>Whether it is a domain with a CHECK or NOT NULL.</summary>
    public bool IsConstrained { get; init; }
}
