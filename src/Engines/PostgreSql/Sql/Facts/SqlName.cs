namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Writes names as they stand in SQL: in double quotes where they need them.</summary>
public static class SqlName
{
    /// <summary>The reserved words of PostgreSQL's grammar (kwlist.h: RESERVED and TYPE_FUNC_NAME), which cannot name a table bare.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "binary", "both", "case", "cast",
        "check", "collate", "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog", "current_date",
        "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "default", "deferrable", "desc",
        "distinct", "do", "else", "end", "except", "false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group",
        "having", "ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull", "join", "lateral", "leading", "left", "like",
        "limit", "localtime", "localtimestamp", "natural", "not", "notnull", "null", "offset", "on", "only", "or", "order", "outer",
        "overlaps", "placing", "primary", "references", "returning", "right", "select", "session_user", "similar", "some", "symmetric",
        "system_user", "table", "tablesample", "then", "to", "trailing", "true", "union", "unique", "user", "using", "variadic",
        "verbose", "when", "where", "window", "with",
    };

    /// <summary>A name with its schema, if it has one.</summary>
    /// <param name="schema">The schema; null for none.</param>
    /// <param name="name">The name.</param>
    public static string Of(string? schema, string name) => schema is null ? Of(name) : $"{Of(schema)}.{Of(name)}";

    /// <summary>A dotted name.</summary>
    /// <param name="parts">Its parts.</param>
    public static string Of(IEnumerable<string> parts) => string.Join('.', parts.Select(Of));

    /// <summary>One name.</summary>
    /// <param name="name">The name.</param>
    public static string Of(string name) => IsPlain(name) ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Whether a name is a reserved word, which cannot stand bare.</summary>
    /// <param name="name">The name.</param>
    public static bool IsReserved(string name) => Reserved.Contains(name);

    private static bool IsPlain(string name) =>
        name.Length > 0
        && (char.IsAsciiLetterLower(name[0]) || name[0] == '_')
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '$')
        && !Reserved.Contains(name);
}
