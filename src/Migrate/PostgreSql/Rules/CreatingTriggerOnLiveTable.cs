using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>CREATE TRIGGER on a table that is in use.</summary>
internal sealed class CreatingTriggerOnLiveTable : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("creating-trigger-on-live-table", "a trigger is put on a table that is in use", Severity.Warning, RuleSet.Strict)
    {
        Why = "CREATE TRIGGER takes SHARE ROW EXCLUSIVE: it waits for every transaction that writes to the table, and later writes wait behind it. From then on each write runs the trigger, and fails where it fails.",
        Fix = "Give the migration a short lock_timeout and nothing else to do, and try the trigger on a copy with real data first.",
        Peers = ["Atlas PG308"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("CreateTrigStmt"))
        {
            if (statement.NameOf("relation") is { } table && statement.IsLiveTable(table))
                yield return statement.Find(Info, $"writes to {statement.Words(table)} wait for the lock that CREATE TRIGGER needs, and run {statement.Node.Text("trigname")} from then on", subject: table);
        }
    }
}
