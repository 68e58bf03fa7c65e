using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>What a backfill runs in.</summary>
/// <param name="Server">The target, for a second connection that watches.</param>
/// <param name="Database">Batch times, limits, tries.</param>
/// <param name="Stamp">The run.</param>
/// <param name="Settings">What the statement runs under.</param>
/// <param name="Epoch">The lease's number.</param>
/// <param name="Progress">Hears how far it is.</param>
/// <param name="Reports">Takes the report of its end.</param>
/// <param name="Clock">The clock.</param>
internal sealed record BackfillSurroundings(
    PostgreSqlServer Server, DatabaseConfig Database, RunStamp Stamp, SessionSettings Settings, long Epoch, IProgressSink Progress, RunNotes Reports, TimeProvider Clock)
{
    /// <summary>Whether a pooler stands in between, so that nobody knows the backend.</summary>
    public bool IsPooled { get; init; }
}
