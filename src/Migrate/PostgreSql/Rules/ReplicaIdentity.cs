using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>REPLICA IDENTITY FULL and NOTHING.</summary>
internal sealed class ReplicaIdentity : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("replica-identity", "updates are hard or impossible to replicate", Severity.Warning, RuleSet.Recommended)
    {
        Why = "With REPLICA IDENTITY NOTHING the server refuses UPDATE and DELETE of a table that a publication replicates. With FULL it writes the whole old row to the write-ahead log each time, and a subscriber without a fitting index reads its whole table for each row.",
        Fix = "Give the table a primary key and leave it at DEFAULT, or use REPLICA IDENTITY USING INDEX with a unique index over NOT NULL columns.",
        Peers = ["Atlas PG314"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype != "AT_ReplicaIdentity" || part.Definition("ReplicaIdentityStmt")?.Text("identity_type") is not { } identity)
                continue;
            // REPLICA_IDENTITY_NOTHING and REPLICA_IDENTITY_FULL of pg_class.h.
            if (identity == "n")
                yield return part.Find(Info, $"UPDATE and DELETE of {part.TableWords} fail as soon as a publication replicates them");
            else if (identity == "f")
                yield return part.Find(Info, $"each UPDATE and DELETE of {part.TableWords} writes the whole old row to the write-ahead log");
        }
    }
}
