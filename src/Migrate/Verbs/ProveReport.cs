namespace Lockkeeper.Migrate.Verbs;

/// <summary>What prove answers.</summary>
internal sealed record ProveReport(string? Environment, IReadOnlyList<ProvedDatabase> Databases);

/// <summary>One database's proof.</summary>
internal sealed record ProvedDatabase(
    string Database, string? Target, string Shadow, string Artifact, IReadOnlyList<ProvedMigration> Migrations, IReadOnlyList<string> NotChecked, IReadOnlyList<FindingReport> Findings);

/// <summary>One migration that was tried.</summary>
internal sealed record ProvedMigration(string Id, string Title, string File, bool InTransaction, string Verdict, IReadOnlyList<ProvedStatement> Statements, string? Error);

/// <summary>One statement, or several of the same kind in a row.</summary>
internal sealed record ProvedStatement(
    int Number, int Count, string Command, string Sql, string At, double ShadowMs, string Verdict, IReadOnlyList<ProvedLock> Locks, IReadOnlyList<string> Rewrites, IReadOnlyList<string> Scans,
    IReadOnlyList<ProvedIndex> Indexes, IReadOnlyList<ProvedConstraint> Constraints, IReadOnlyList<string> Triggers);

/// <summary>A lock on a relation that was there before the migration.</summary>
internal sealed record ProvedLock(string Relation, string Mode, IReadOnlyList<string> Blocks);

/// <summary>An index that was built.</summary>
internal sealed record ProvedIndex(string Name, string Table, bool Valid);

/// <summary>A constraint that was made or checked.</summary>
internal sealed record ProvedConstraint(string Name, string Table, bool Validated);
