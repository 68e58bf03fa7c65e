namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>Conditions that tell whether two values of a type are the same, in PL/pgSQL and SQL.</summary>
internal static class ValueComparison
{
    /// <summary>Types whose <c>=</c> finds every difference; of the others, such as numeric (1.0 = 1.00), citext and json (none at all), the text is compared.</summary>
    private static readonly HashSet<string> Exact = new(StringComparer.Ordinal)
    {
        "smallint", "integer", "bigint", "boolean", "text", "character varying", "uuid", "date", "bytea", "timestamp without time zone", "timestamp with time zone", "time without time zone", "oid", "inet", "cidr",
    };

    /// <summary>The condition that a value is another one.</summary>
    public static string Differ(string type, string left, string right) => $"{Shown(type, left)} IS DISTINCT FROM {Shown(type, right)}";

    /// <summary>The condition that a column has the value of an expression.</summary>
    public static string Same(string type, string left, string right) =>
        right == "NULL" ? $"{left} IS NULL" : $"{Shown(type, left)} IS NOT DISTINCT FROM {Shown(type, Typed(type, right))}";

    private static string Shown(string type, string value) => Exact.Contains(type.Split('(')[0]) ? value : $"{value}::text";

    /// <summary>What is compared with a column has to have its type first: 1 and 1.00 are the same numeric(8,2).</summary>
    private static string Typed(string type, string value) => IsColumn(value) || value.EndsWith($"::{type}", StringComparison.Ordinal) ? value : $"({value})::{type}";

    private static bool IsColumn(string value) => value.StartsWith("NEW.", StringComparison.Ordinal) && value.IndexOfAny([' ', '(', ':']) < 0;
}
