using System.Text;
using System.Text.RegularExpressions;
using Lockkeeper.Engines.PostgreSql.Sql;

namespace Lockkeeper.Migrate.PostgreSql.Shadow;

/// <summary>What pg_dump writes, as a migration: the same text for the same content.</summary>
internal static partial class SchemaDump
{
    /// <summary>Bodies may name what comes later, and every name has its schema. Both end with the transaction.</summary>
    private const string Settings = "SET LOCAL check_function_bodies = false;\nSELECT pg_catalog.set_config('search_path', '', true);\n\n";

    /// <summary>The statements of a dump without the settings and comments around them.</summary>
    /// <param name="dump">The dump.</param>
    /// <param name="before">A dump whose statements are left out; null for none.</param>
    public static string Tidy(string dump, string? before)
    {
        var known = before is null ? [] : Objects(before).Select(statement => statement.Text).ToHashSet(StringComparer.Ordinal);
        var text = new StringBuilder(Settings);
        foreach (var statement in Objects(dump).Where(statement => !known.Contains(statement.Text)))
            text.Append(statement.Text).Append(";\n\n");
        return text.Remove(text.Length - 1, 1).ToString();
    }

    /// <summary>All statements of a dump, its settings too.</summary>
    public static IReadOnlyList<SqlStatement> Statements(string dump) =>
        // Minor releases since 2025-08 put \restrict with a random word around a dump, for psql only.
        SqlSplitter.Split(Restrict().Replace(dump, ""), "pg_dump");

    private static IEnumerable<SqlStatement> Objects(string dump) => Statements(dump).Where(statement => !Setting().IsMatch(statement.Text));

    [GeneratedRegex(@"^\\(?:un)?restrict .*$", RegexOptions.Multiline, 1000)]
    private static partial Regex Restrict();

    [GeneratedRegex(@"^(?:SET [a-z_]+ = |SELECT pg_catalog\.set_config\('search_path', '', false\))", RegexOptions.None, 1000)]
    private static partial Regex Setting();
}
