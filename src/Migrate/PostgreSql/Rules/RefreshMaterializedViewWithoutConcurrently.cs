using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>REFRESH MATERIALIZED VIEW without CONCURRENTLY.</summary>
internal sealed class RefreshMaterializedViewWithoutConcurrently : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("refresh-materialized-view-without-concurrently", "a materialized view cannot be read while it is refreshed", Severity.Warning, RuleSet.Recommended)
    {
        Why = "REFRESH MATERIALIZED VIEW takes ACCESS EXCLUSIVE until its query is done and stored: whoever reads the view waits. WITH NO DATA empties it, and reads fail until the next refresh.",
        Fix = "REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index without WHERE over columns of the view, and a view that was filled before.",
        GrowsWithTable = true,
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("RefreshMatViewStmt"))
        {
            if (statement.Node.Is("concurrent") || statement.NameOf("relation") is not { } view || !statement.IsLive(view))
                continue;
            yield return statement.Find(Info, statement.Node.Is("skipData") ? $"reads of {statement.Words(view)} fail until it is refreshed with data" : $"reads of {statement.Words(view)} wait until its query is done", subject: view);
        }
    }
}
