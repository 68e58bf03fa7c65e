using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ATTACH PARTITION of a table whose rows no check vouches for.</summary>
internal sealed class AttachPartitionWithoutCheck : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("attach-partition-without-check", "a partition is read through when it is attached", Severity.Warning, RuleSet.Recommended)
    {
        Why = "ATTACH PARTITION reads all rows of the new partition under ACCESS EXCLUSIVE on it, unless a validated CHECK says that they belong there; and with a default partition it reads that one too, and every query that may reach it waits.",
        Fix = "ADD CONSTRAINT … CHECK (the bounds, and the key IS NOT NULL) NOT VALID on the new partition, and VALIDATE it; for a default partition the opposite check; then ATTACH, and drop the checks.",
        GrowsWithTable = true,
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype != "AT_AttachPartition" || part.Definition("PartitionCmd")?.Node("name") is not { } name)
                continue;
            var partition = part.Statement.NameOf(name);
            var known = part.Statement.Before.Table(partition);
            if (part.Statement.IsLiveTable(partition) && !IsVouchedFor(known, part.Known))
                yield return part.Find(Info, $"all rows of {part.Statement.Words(partition)} are read under ACCESS EXCLUSIVE while it is attached") with { Subject = partition };
            if (part.Statement.Before.Tables.Values.FirstOrDefault(table => table.IsDefaultPartition && table.PartitionOf == part.Table) is { } rest
                && part.Statement.IsLiveTable(rest.Name) && !IsVouchedFor(rest, part.Known))
                yield return part.Find(Info, $"reads and writes of the default partition {part.Statement.Words(rest.Name)} wait while its rows are read") with { Subject = rest.Name };
        }
    }

    /// <summary>Whether a validated check speaks of the key. Whether it says enough, only the server can tell.</summary>
    private static bool IsVouchedFor(KnownTable? partition, KnownTable? whole) => partition?.Constraints.Exists(constraint =>
        constraint is { Kind: ConstraintKind.Check, Validated: true } && (whole is null || whole.PartitionKey.TrueForAll(constraint.Mentions.Contains))) == true;
}
