namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>Columns that go to a table of their own, with a row for each row of the old one in which one of them has a value.</summary>
internal sealed record TableMove
{
    /// <summary>The table that they leave.</summary>
    public required TableFacts From { get; init; }

    /// <summary>The table that they go to, as it will be: its key is that of the old one.</summary>
    public required TableFacts To { get; init; }

    /// <summary>The columns of the key, in its order.</summary>
    public required IReadOnlyList<ColumnFacts> Key { get; init; }

    /// <summary>The columns that move.</summary>
    public required IReadOnlyList<ColumnFacts> Columns { get; init; }

    /// <summary>What is made over the columns alone, with what is made like it over the new table.</summary>
    public required IReadOnlyList<DependentPair> Pairs { get; init; }

    /// <summary>What is made over them together with columns that stay, and goes with them.</summary>
    public required IReadOnlyList<Dependent> Lost { get; init; }

    /// <summary>The view of the old table without the columns, for the new application; null for none.</summary>
    public TableView? View { get; init; }

    /// <summary>The name of the new table's primary key.</summary>
    public required string KeyName { get; init; }

    /// <summary>The name of the foreign key that ties the new table to the old one.</summary>
    public required string TieName { get; init; }
}
