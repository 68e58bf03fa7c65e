using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>DETACH PARTITION becomes CONCURRENTLY (PostgreSQL 14 and later).</summary>
internal sealed class DetachFix : IPartFix
{
    public IReadOnlyList<string> Rules { get; } = ["require-concurrent-partition-detach"];

    public FixedStatement? Fix(AlterTablePart part, string text, int offset, AlteredTable table) =>
        part.Subtype != "AT_DetachPartition" || part.Definition("PartitionCmd") is not { } detach || detach.Is("concurrent") ? null
            : new FixedStatement([table.Alter($"{text} CONCURRENTLY")], ["the partition is detached while reads and writes go on"]);
}
