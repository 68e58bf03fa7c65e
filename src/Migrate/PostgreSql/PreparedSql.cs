using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>One statement of a script with what the parser says of it.</summary>
internal sealed record PreparedStatement(SqlStatement Sql, StatementFacts Facts);

/// <summary>A script that was split and parsed.</summary>
internal sealed record PreparedSql(MigrationScript Source, string Text, IReadOnlyList<PreparedStatement> Statements, bool InTransaction) : IPreparedScript
{
    public int StatementCount => Statements.Count;

    public Impact Impact { get; } = ImpactOf(Statements);

    /// <summary>Whether a statement leaves something in the session that the next migration must not see.</summary>
    public bool ChangesSession => Statements.Any(statement => statement.Facts.ChangesSession);

    private static Impact ImpactOf(IReadOnlyList<PreparedStatement> statements)
    {
        // A relation that the same script creates has nobody beside it who could wait.
        var own = statements.SelectMany(statement => statement.Facts.Creates).ToHashSet(StringComparer.Ordinal);
        var taken = statements.SelectMany(statement => statement.Facts.Locks.Where(held => !own.Contains(held.Relation)).Select(held => (Lock: held, statement.Facts))).ToList();
        var locks = taken.Select(pair => $"{pair.Lock.Mode} on {pair.Lock.Relation}").Distinct().ToList();
        var losses = statements.SelectMany(statement => statement.Facts.Losses).Distinct().ToList();
        var scansUnderLock = taken.Any(pair => pair.Facts is { ScansOrRewrites: true, ConcurrentIndex: null });
        var strong = taken.Any(pair => pair.Lock.Mode is "ACCESS EXCLUSIVE" or "EXCLUSIVE" or "SHARE ROW EXCLUSIVE" or "SHARE");
        return new Impact(losses.Count > 0 || scansUnderLock ? Risk.High : strong ? Risk.Medium : Risk.Low, locks, losses);
    }
}
