using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>An index on more than three columns that is not unique.</summary>
internal sealed class IndexWithManyColumns : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("index-with-many-columns", "an index with more than three columns", Severity.Info, RuleSet.Strict)
    {
        Why = "Columns after the first few seldom narrow a search any further, while each of them makes the index larger and every write slower.",
        Fix = "Keep the columns that tell the most rows apart, first; put those that are only read into INCLUDE.",
        Peers = ["strong_migrations add_index_columns"],
    };

    private const int Most = 3;

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("IndexStmt"))
        {
            var columns = statement.Node.List("indexParams").Count();
            if (columns > Most && !statement.Node.Is("unique") && statement.NameOf("relation") is { } table)
                yield return statement.Find(Info, $"an index of {statement.Words(table)} on {columns} columns", subject: table);
        }
    }
}
