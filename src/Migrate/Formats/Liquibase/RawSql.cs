using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>How the SQL of a change is taken apart.</summary>
internal sealed record RawSql(bool StripComments, bool SplitStatements = true, string? EndDelimiter = null)
{
    /// <summary>A change of SQL.</summary>
    /// <param name="name">sql or sqlFile.</param>
    /// <param name="sql">The SQL.</param>
    /// <param name="at">Where the SQL starts.</param>
    /// <param name="counted">What Liquibase hashes of it; the SQL when it is all of it.</param>
    public Change Change(string name, string sql, SourcePosition at, string? counted = null) =>
        new(name, at, [Part(sql, at)], null, LiquibaseChecksum.WithoutBlanks((counted ?? sql).Trim())) { Checksum = LiquibaseChecksum.OfSql((counted ?? sql).Trim()) };

    private ScriptPart Part(string sql, SourcePosition at)
    {
        var delimited = SplitStatements ? EndDelimiters.Replace(sql, EndDelimiter) : sql;
        return new ScriptPart(StripComments ? BodyComments.Strip(delimited) : delimited, at);
    }
}
