using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>The table of a statement that is rewritten.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Name">The table's full name.</param>
/// <param name="Prefix">The statement up to its first part: <c>ALTER TABLE ONLY orders</c>.</param>
/// <param name="Written">The table's name as written, quoted where it must be.</param>
internal sealed record AlteredTable(LintedStatement Statement, string Name, string Prefix, string Written)
{
    /// <summary>The table's own name without its schema, as it is in the catalog.</summary>
    public string Bare => Statement.Node.Node("relation")?.Text("relname") ?? "";

    /// <summary>What is known of it.</summary>
    public KnownTable? Known => Statement.Before.Table(Name);

    /// <summary>A statement with one part.</summary>
    public string Alter(string part) => $"{Prefix} {part}";

    /// <summary>A name of ours for something of this table, within the 63 bytes that PostgreSQL keeps of a name.</summary>
    public string NameFor(string what)
    {
        const int longest = 63;
        var name = $"{Bare}_{what}";
        return SqlName.Of(name.Length <= longest ? name : $"{Bare[..Math.Max(1, longest - what.Length - 1)]}_{what}");
    }
}
