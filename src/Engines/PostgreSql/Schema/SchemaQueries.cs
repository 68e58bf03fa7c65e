using System.Text;

namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>The statements that read a schema, one a class of objects. Each has one parameter, the excluded schemas, and when one schema is read
/// its name as a second, and gives rows of kind, identity and then a column a property, null where it is absent.</summary>
internal static class SchemaQueries
{
    /// <summary>The file names under Sql/, without extension.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "schemas", "extensions", "tables", "columns", "constraints", "indexes", "views", "sequences", "functions", "aggregates", "triggers",
        "event_triggers", "rules", "types", "policies", "grants", "default_privileges", "statistics", "collations", "publications", "casts",
        "operators", "operator_classes", "text_search", "foreign_servers",
    ];

    /// <summary>Classes of objects that belong to no schema.</summary>
    private static readonly string[] OfTheDatabase = ["extensions", "event_triggers", "publications", "casts", "foreign_servers"];

    /// <summary>All statements for a server of this major version.</summary>
    public static IReadOnlyList<string> For(int major) => [.. Names.Select(name => ForVersion(Text(name), major))];

    /// <summary>The statements that read one schema, without looking at the objects of others.</summary>
    public static IReadOnlyList<string> ForOneSchema(int major) =>
        [.. Names.Except(OfTheDatabase, StringComparer.Ordinal).Select(name => InOneSchema(ForVersion(Text(name), major)))];

    private static string Text(string name)
    {
        using var stream = typeof(SchemaQueries).Assembly.GetManifestResourceStream($"Lockkeeper.Engines.PostgreSql.Schema.Sql.{name}.sql")
            ?? throw new InvalidOperationException($"no embedded statement {name}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Turns the marks <c>/*schema ALIAS CATALOG*/</c> into the condition that a row of that catalog belongs to the schema. The catalogs have no
    /// index on the schema alone: reading one of 1,000 schemas by it would read all of them, class by class. pg_depend has one, for each
    /// object depends on its schema. <c>/*schema n*/</c> is for a schema itself, <c>/*schema none*/</c> for what belongs to none.</summary>
    internal static string InOneSchema(string sql)
    {
        const string mark = "/*schema ";
        var result = new StringBuilder(sql.Length);
        var at = 0;
        for (var open = sql.IndexOf(mark, StringComparison.Ordinal); open >= 0; open = sql.IndexOf(mark, at, StringComparison.Ordinal))
        {
            var close = sql.IndexOf("*/", open, StringComparison.Ordinal);
            var words = sql[(open + mark.Length)..close].Split(' ');
            result.Append(sql, at, open - at).Append(words switch
            {
                ["none"] => "AND false",
                ["n"] => "AND n.nspname = $2",
                [var alias, var catalog] =>
                    $"AND n.nspname = $2 AND {alias}.oid = ANY (ARRAY(SELECT o.objid FROM pg_depend o WHERE o.refclassid = 'pg_namespace'::regclass "
                    + $"AND o.refobjid = (SELECT oid FROM pg_namespace WHERE nspname = $2) AND o.classid = '{catalog}'::regclass))",
                _ => throw new InvalidOperationException($"no such mark: {sql[open..close]}"),
            });
            at = close + 2;
        }

        return result.Append(sql, at, sql.Length - at).ToString();
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
