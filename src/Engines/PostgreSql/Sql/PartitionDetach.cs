namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>ALTER TABLE … DETACH PARTITION … CONCURRENTLY. When it is interrupted, the partition's detachment is pending until FINALIZE.</summary>
/// <param name="Table">The partitioned table as written, quoted where it must be.</param>
/// <param name="Partition">The partition as written, quoted where it must be.</param>
public sealed record PartitionDetach(string Table, string Partition);
