namespace Lockkeeper.Migrate.Expand;

/// <summary>What an expand and contract is for.</summary>
internal enum ExpandKind
{
    /// <summary>A column gets another name.</summary>
    RenameColumn,

    /// <summary>A column keeps its name and gets another type.</summary>
    ChangeType,

    /// <summary>A column becomes several.</summary>
    SplitColumn,

    /// <summary>A column takes no NULL any more.</summary>
    SetNotNull,

    /// <summary>Values of columns are unique from now on.</summary>
    AddUnique,

    /// <summary>Columns go to a table of their own.</summary>
    MoveColumns,
}

/// <summary>A change as somebody declares it, from which the files of its phases are made.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Table">The table as written, perhaps with its schema.</param>
/// <param name="Columns">Its columns that change, by their names in the catalog.</param>
internal sealed record ExpandIntent(ExpandKind Kind, string Table, IReadOnlyList<string> Columns)
{
    /// <summary>The new name of a column, or the table that columns go to.</summary>
    public string? To { get; init; }

    /// <summary>The new type.</summary>
    public string? Type { get; init; }

    /// <summary>The new value, made from the old columns; null for a cast, or for none.</summary>
    public string? Using { get; init; }

    /// <summary>The old value, made from the new columns; null for a cast.</summary>
    public string? Back { get; init; }

    /// <summary>The columns that one is split into.</summary>
    public IReadOnlyList<IntoColumn> Into { get; init; } = [];
}

/// <summary>A column that another one is split into.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as written.</param>
/// <param name="Value">Its value, made from the old column.</param>
internal sealed record IntoColumn(string Name, string Type, string Value);
