using System.Text;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Names as Liquibase writes them for PostgreSQL.</summary>
/// <remarks>
/// Source: liquibase.database.core.PostgresDatabase and AbstractJdbcDatabase of 4.28. By default a name is quoted when it has capitals and small letters, is a
/// reserved word, starts with a digit or has other characters; so PERSON is the table person and Person is "Person".
/// </remarks>
internal sealed class SqlNames(string strategy)
{
    private const int LongestName = 63;

    private static readonly HashSet<string> Reserved = new(
        ("ALL ANALYSE ANALYZE AND ANY ARRAY AS ASC ASYMMETRIC AUTHORIZATION BINARY BOTH CASE CAST CHECK COLLATE COLLATION COLUMN CONCURRENTLY CONSTRAINT CREATE CROSS CURRENT_CATALOG "
         + "CURRENT_DATE CURRENT_ROLE CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEFAULT DEFERRABLE DESC DISTINCT DO ELSE END EXCEPT FALSE FETCH FOR FOREIGN FREEZE FROM FULL "
         + "GRANT GROUP HAVING ILIKE IN INITIALLY INNER INTERSECT INTO IS ISNULL JOIN LATERAL LEADING LEFT LIKE LIMIT LOCALTIME LOCALTIMESTAMP NATURAL NOT NOTNULL NULL OFFSET ON ONLY OR "
         + "ORDER OUTER OVERLAPS PLACING PRIMARY REFERENCES RETURNING RIGHT SELECT SESSION_USER SIMILAR SOME SYMMETRIC TABLE TABLESAMPLE THEN TO TRAILING TRUE UNION UNIQUE USER USING "
         + "VARIADIC VERBOSE WHEN WHERE WINDOW WITH").Split(' '), StringComparer.OrdinalIgnoreCase);

    /// <summary>A name.</summary>
    public string Name(string name)
    {
        var plain = name.Trim();
        return MustQuote(plain) ? $"\"{plain.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : plain;
    }

    /// <summary>A name in a schema; without one, the search path finds it.</summary>
    public string Name(string schema, string name) => schema.Trim().Length == 0 ? Name(name) : $"{Name(schema)}.{Name(name)}";

    /// <summary>Names that are separated by commas.</summary>
    public string List(string names) => string.Join(", ", names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Name));

    /// <summary>The name of a primary key that has none, within the server's limit.</summary>
    public static string PrimaryKey(string table)
    {
        const string suffix = "_pkey";
        var bytes = Encoding.UTF8.GetBytes(table);
        if (bytes.Length <= LongestName - suffix.Length)
            return table + suffix;
        return Encoding.UTF8.GetString(bytes, 0, LongestName - suffix.Length)[..^1] + suffix;
    }

    private bool MustQuote(string name) =>
        strategy == "QUOTE_ALL_OBJECTS"
        || (strategy != "QUOTE_ONLY_RESERVED_WORDS" && name.Any(char.IsUpper) && name.Any(char.IsLower))
        || Reserved.Contains(name) || (name.Length > 0 && char.IsAsciiDigit(name[0])) || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_');
}
