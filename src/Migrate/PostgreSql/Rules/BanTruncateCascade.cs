using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>TRUNCATE … CASCADE.</summary>
internal sealed class BanTruncateCascade : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-truncate-cascade", "tables that are not named are emptied", Severity.Error, RuleSet.Recommended)
    {
        Why = "CASCADE empties every table with a foreign key to this one, and those with a key to them, whatever there is on the day that it runs.",
        Fix = "Name each table that has to be empty: TRUNCATE a, b, c. It fails when one was forgotten.",
        Peers = ["squawk ban-truncate-cascade"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("TruncateStmt"))
        {
            if (statement.Node.Text("behavior") != "DROP_CASCADE")
                continue;
            var named = statement.Node.List("relations", "RangeVar").Select(statement.NameOf).ToHashSet(StringComparer.Ordinal);
            if (!named.Any(statement.IsLive))
                continue;
            var reached = Reached(statement.Before, named);
            yield return statement.Find(Info, reached.Count == 0
                ? $"every table that refers to {string.Join(", ", named.Select(statement.Short))} is emptied too"
                : $"{string.Join(", ", reached.Select(statement.Words))} {(reached.Count == 1 ? "is" : "are")} emptied too");
        }
    }

    /// <summary>The tables that refer to these, as far as is known.</summary>
    private static List<string> Reached(KnownSchema schema, HashSet<string> named)
    {
        var all = new HashSet<string>(named, StringComparer.Ordinal);
        while (schema.Tables.Values.Where(table => !all.Contains(table.Name) && table.Constraints.Any(constraint => constraint.References is { } other && all.Contains(other))).ToList() is { Count: > 0 } more)
            all.UnionWith(more.Select(table => table.Name));
        return [.. all.Except(named).Order(StringComparer.Ordinal)];
    }
}
