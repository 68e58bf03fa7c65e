using Lockkeeper.Engines.PostgreSql.Sql;

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

    public StatementFacts Facts => facts ??= analyze!(Sql);
}
