using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>A table as the catalog has it.</summary>
/// <param name="Id">Its oid.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Written">Its name as it stands in SQL: with the schema where that is not the default one.</param>
/// <param name="Columns">The names of its columns.</param>
/// <param name="Key">The columns of its primary key, in order; empty without one.</param>
/// <param name="RowTriggers">The names of its triggers that run before a row is written.</param>
/// <param name="Taken">Names of relations, constraints and functions in its schema.</param>
internal sealed record TableFacts(
    uint Id, string Schema, string Name, string Written, IReadOnlyList<string> Columns, IReadOnlyList<string> Key, IReadOnlyList<string> RowTriggers, IReadOnlySet<string> Taken)
{
    /// <summary>The bytes that PostgreSQL keeps of a name (NAMEDATALEN - 1).</summary>
    public const int LongestName = 63;

    /// <summary>What roles may do with it.</summary>
    public IReadOnlyList<ColumnGrant> Grants { get; init; } = [];

    /// <summary>Whether policies say which rows a role sees.</summary>
    public bool HasRowSecurity { get; init; }

    /// <summary>A name in its schema as it stands in SQL.</summary>
    public string Beside(string name) => Written.Length > SqlName.Of(Name).Length ? SqlName.Of(Schema, name) : SqlName.Of(name);

    /// <summary>A name that is free in its schema, within the bytes that PostgreSQL keeps.</summary>
    /// <param name="wished">The name that it shall have when that is free.</param>
    public string Free(string wished)
    {
        for (var i = 1; ; i++)
        {
            var end = i == 1 ? "" : $"_{i}";
            var name = Cut(wished, LongestName - end.Length) + end;
            if (!Taken.Contains(name))
                return name;
        }
    }

    private static string Cut(string name, int bytes)
    {
        while (System.Text.Encoding.UTF8.GetByteCount(name) > bytes)
            name = name[..^1];
        return name;
    }
}

/// <summary>A column as the catalog has it, with what is set on it alone.</summary>
internal sealed record ColumnFacts
{
    public required string Name { get; init; }

    public required string Type { get; init; }

    public required bool NotNull { get; init; }

    /// <summary>The expression of its default; null for none.</summary>
    public required string? Default { get; init; }

    /// <summary><c>ALWAYS</c> or <c>BY DEFAULT</c> of an identity; null for none.</summary>
    public required string? Identity { get; init; }

    /// <summary>Whether it is computed from other columns.</summary>
    public required bool IsGenerated { get; init; }

    /// <summary>Its collation as it stands in SQL; null for that of its type.</summary>
    public required string? Collation { get; init; }

    /// <summary>How its values are stored, where that is not as its type has it.</summary>
    public required string? Storage { get; init; }

    public required int? StatisticsTarget { get; init; }

    public required string? Comment { get; init; }

    /// <summary>The sequence that goes with it, as it stands in SQL; null for none.</summary>
    public required string? Sequence { get; init; }

    /// <summary>What roles may do with it alone.</summary>
    public required IReadOnlyList<ColumnGrant> Grants { get; init; }

    /// <summary>Whether its default gives another value each time it is asked: then it is asked for the old column only, and the new one takes the value over.</summary>
    public bool HasVolatileDefault => Default is { } value && SqlExpression.IsVolatile(value);
}

/// <summary>A privilege on a column or a table.</summary>
/// <param name="Privilege">For example <c>SELECT</c>.</param>
/// <param name="Role">The role as it stands in SQL.</param>
/// <param name="MayGrant">Whether it may pass it on.</param>
internal sealed record ColumnGrant(string Privilege, string Role, bool MayGrant);

/// <summary>What is made over a column.</summary>
internal enum DependentKind
{
    Index,
    Unique,
    Primary,
    Check,

    /// <summary>A foreign key of the table.</summary>
    Foreign,

    /// <summary>A foreign key of another table, or of another column of the table, that points at the column.</summary>
    Inbound,
}

/// <summary>An index or constraint over a column.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Schema">The schema of its table.</param>
/// <param name="Table">Its table.</param>
/// <param name="Written">Its table as it stands in SQL.</param>
/// <param name="Name">Its name.</param>
/// <param name="Definition">The server's words: <c>CREATE INDEX …</c> for an index, <c>CHECK (…)</c> for a constraint.</param>
/// <param name="Index">For a key: the words of its index, <c>CREATE UNIQUE INDEX …</c>; null for the others.</param>
/// <param name="Comment">Its comment; null for none.</param>
/// <param name="IsValidated">Whether old rows were checked.</param>
internal sealed record Dependent(DependentKind Kind, string Schema, string Table, string Written, string Name, string Definition, string? Index, string? Comment, bool IsValidated);
