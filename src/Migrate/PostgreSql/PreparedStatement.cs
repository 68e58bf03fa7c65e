using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Migrate.PostgreSql.Backfills;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>One statement of a script with what the parser says of it.</summary>
internal sealed class PreparedStatement
{
    private readonly Func<SqlStatement, StatementFacts>? analyze;
    private StatementFacts? facts;

    /// <param name="sql">The statement.</param>
    /// <param name="facts">What is known of it.</param>
    public PreparedStatement(SqlStatement sql, StatementFacts facts) => (Sql, this.facts) = (sql, facts);

    /// <param name="sql">The statement.</param>
    /// <param name="analyze">Asks the parser when somebody wants to know.</param>
    public PreparedStatement(SqlStatement sql, Func<SqlStatement, StatementFacts> analyze) => (Sql, this.analyze) = (sql, analyze);

    public SqlStatement Sql { get; }

    /// <summary>How it runs in batches; null when it does not.</summary>
    public BackfillStatement? Backfill { get; init; }

    public StatementFacts Facts => facts ??= analyze!(Sql);
}
