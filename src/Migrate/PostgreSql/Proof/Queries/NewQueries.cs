using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Proof.Queries;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql.Proof.Queries;

/// <summary>Reads the file of statements that a new version of the application sends.</summary>
internal static class NewQueries
{
    /// <summary>Reads it.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="shown">Its path for people.</param>
    /// <exception cref="LockkeeperException">It cannot be read, holds none, or one that has no plan.</exception>
    public static IReadOnlyList<SqlStatement> Read(string path, string shown)
    {
        var statements = SqlSplitter.Split(MigrationScript.ReadText(path, shown), shown);
        if (statements.Count == 0)
            throw new LockkeeperException(KernelErrors.WrongUse, $"there is no statement in {shown}", "Write the statements of the new version into it, with $1, $2, … for their values and a semicolon after each.");
        foreach (var statement in statements)
        {
            if (TargetStatements.Prepared(statement.Text) is null)
                throw new LockkeeperException(KernelErrors.WrongUse, "only SELECT, INSERT, UPDATE, DELETE, MERGE and VALUES have a plan that can be asked for", "Leave other statements out of the file.", at: statement.At);
        }

        return statements;
    }

    /// <summary>As what is asked.</summary>
    public static AskedQuery Asked(SqlStatement statement) => new(statement.Text, null, statement.At);
}
