namespace Lockkeeper.Engines.PostgreSql.Connections;

/// <summary>Quotes what must stand in the text of a statement because a parameter cannot.</summary>
public static class SqlText
{
    /// <summary>An identifier, always quoted.</summary>
    /// <param name="name">The name as it is in the catalog.</param>
    public static string Identifier(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("an identifier cannot hold a zero character", nameof(name));
        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A qualified name; without a schema the bare identifier.</summary>
    /// <param name="schema">The schema, or null.</param>
    /// <param name="name">The name.</param>
    public static string Qualified(string? schema, string name) => schema is null ? Identifier(name) : $"{Identifier(schema)}.{Identifier(name)}";

    /// <summary>A string literal; correct whatever standard_conforming_strings says.</summary>
    /// <param name="text">The text.</param>
    public static string Literal(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("a literal cannot hold a zero character", nameof(text));
        var quoted = text.Replace("'", "''", StringComparison.Ordinal);
        return text.Contains('\\', StringComparison.Ordinal) ? $"E'{quoted.Replace("\\", "\\\\", StringComparison.Ordinal)}'" : $"'{quoted}'";
    }
}
