using Lockkeeper.Kernel.Plans;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>A script that was split, parsed and checked.</summary>
/// <param name="Source">The script as read.</param>
/// <param name="Text">Its text for people, with the placeholders replaced; of a large one, what it is.</param>
/// <param name="Statements">Its statements; those of a large script are read from its file each time, and the data of a COPY is there until the next one is read.</param>
/// <param name="Summary">What is known of them as a whole.</param>
/// <param name="InTransaction">Whether all of it runs in one transaction.</param>
internal sealed record PreparedSql(MigrationScript Source, string Text, IEnumerable<PreparedStatement> Statements, ScriptSummary Summary, bool InTransaction) : IPreparedScript
{
    public int StatementCount => Summary.Count;

    public Impact Impact { get; } = Summary.Impact();

    /// <summary>Whether its statements are read from its file each time.</summary>
    public bool IsLarge => Statements is LargeStatements;

    /// <summary>Its statements in memory, also those of a large script.</summary>
    public IReadOnlyList<PreparedStatement> Kept() => Statements switch
    {
        LargeStatements large => large.Load(),
        IReadOnlyList<PreparedStatement> kept => kept,
        _ => [.. Statements],
    };

    /// <summary>Reads a large script's file through, before anything of it is sent that cannot be taken back.</summary>
    /// <exception cref="Kernel.Errors.LockkeeperException">It was changed since it was checked.</exception>
    public void RequireUnchanged() => (Statements as LargeStatements)?.RequireUnchanged();

    /// <summary>The same script with nothing to do.</summary>
    public PreparedSql WithoutStatements() => this with { Statements = [], Summary = new ScriptSummary() };
}
