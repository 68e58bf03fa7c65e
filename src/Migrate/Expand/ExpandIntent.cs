using Lockkeeper.Kernel.Errors;

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

    /// <summary>A table gets another name or goes to another schema.</summary>
    RenameTable,
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

    /// <summary>The schema with a view of the new form for the new application; null for none.</summary>
    public string? Views { get; init; }

    /// <summary>The columns that one is split into.</summary>
    public IReadOnlyList<IntoColumn> Into { get; init; } = [];
}

/// <summary>A column that another one is split into.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as written.</param>
/// <param name="Value">Its value, made from the old column.</param>
internal sealed record IntoColumn(string Name, string Type, string Value)
{
    /// <summary>Reads <c>name type = value</c>, several with semicolons; quotes of a value may hold semicolons.</summary>
    /// <exception cref="LockkeeperException">One is not written so.</exception>
    public static IReadOnlyList<IntoColumn> Parse(string text)
    {
        var (columns, start, isQuoted) = (new List<IntoColumn>(), 0, false);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '\'')
                isQuoted = !isQuoted;
            if (i < text.Length && (text[i] != ';' || isQuoted))
                continue;
            if (text[start..i].Trim() is { Length: > 0 } one)
                columns.Add(Column(one));
            start = i + 1;
        }

        return columns;
    }

    private static IntoColumn Column(string text)
    {
        var (equals, space) = (text.IndexOf('=', StringComparison.Ordinal), text.IndexOf(' ', StringComparison.Ordinal));
        if (space <= 0 || equals <= space + 1 || text[space..equals].Trim().Length == 0 || text[(equals + 1)..].Trim().Length == 0)
            throw new LockkeeperException(KernelErrors.WrongUse, $"'{text}' is not a column with its type and value", "Write it as in: first text = split_part(name, ' ', 1)");
        return new IntoColumn(text[..space], text[space..equals].Trim(), text[(equals + 1)..].Trim());
    }
}
