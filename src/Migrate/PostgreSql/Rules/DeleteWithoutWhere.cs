using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>DELETE without a WHERE.</summary>
internal sealed class DeleteWithoutWhere : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("delete-without-where", "all rows of a table are deleted", Severity.Warning, RuleSet.Recommended)
    {
        Why = "A WHERE was forgotten, or everything goes on purpose; the file does not tell, and the rows do not come back.",
        Fix = "Write the condition. Where all of it may go, say so: '-- lk: allow delete-without-where: REASON'.",
        Peers = ["Flyway RG"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var write in script.RowWrites())
        {
            if (write is { IsDelete: true, HasCondition: false, IsLive: true })
                yield return write.Find(Info, $"all rows of {write.TableWords} are deleted");
        }
    }
}
