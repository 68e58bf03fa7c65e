using System.Text;

namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>The statements that read a schema, one a class of objects. Each has one parameter, the excluded schemas, and gives rows of
/// kind, identity and then a column a property, null where it is absent.</summary>
internal static class SchemaQueries
{
    /// <summary>The file names under Sql/, without extension.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "schemas", "extensions", "tables", "columns", "constraints", "indexes", "views", "sequences", "functions", "aggregates", "triggers",
        "event_triggers", "rules", "types", "policies", "grants", "default_privileges", "statistics", "collations", "publications", "casts",
        "operators", "operator_classes", "text_search", "foreign_servers",
    ];

    /// <summary>All statements for a server of this major version.</summary>
    public static IReadOnlyList<string> For(int major) => [.. Names.Select(name => ForVersion(Text(name), major))];

    private static string Text(string name)
    {
        using var stream = typeof(SchemaQueries).Assembly.GetManifestResourceStream($"Lockkeeper.Engines.PostgreSql.Schema.Sql.{name}.sql")
            ?? throw new InvalidOperationException($"no embedded statement {name}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Opens the comments that hold text for some versions only: <c>/*14+ … */</c> from 14 on, <c>/*15-16 … */</c> for 15 and 16.
    /// In the file they are comments, so that the statement runs as it stands on the oldest version.</summary>
    internal static string ForVersion(string sql, int major)
    {
        var result = new StringBuilder(sql.Length);
        var at = 0;
        while (true)
        {
            var open = sql.IndexOf("/*", at, StringComparison.Ordinal);
            if (open < 0) return result.Append(sql, at, sql.Length - at).ToString();
            var close = sql.IndexOf("*/", open, StringComparison.Ordinal);
            result.Append(sql, at, open - at);
            at = close + 2;
            var body = open + 2;
            var first = Number(sql, ref body);
            if (first is null)
            {
                result.Append(sql, open, at - open);
                continue;
            }

            var last = sql[body++] == '+' ? int.MaxValue : Number(sql, ref body)!.Value;
            if (first <= major && major <= last) result.Append(sql, body, close - body);
        }
    }

    private static int? Number(string sql, ref int at)
    {
        var start = at;
        while (char.IsAsciiDigit(sql[at])) at++;
        return at == start ? null : int.Parse(sql.AsSpan(start, at - start));
    }
}
