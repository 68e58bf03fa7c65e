using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Backup.PostgreSql.Drills;

/// <summary>Whether the project's own questions are ones, known by PostgreSQL's grammar before a copy is paid for.</summary>
internal static class Questions
{
    /// <summary>Fails when one is not a query.</summary>
    /// <exception cref="LockkeeperException">It is not.</exception>
    public static void Require(IReadOnlyList<Placed<DataCheckConfig>> questions)
    {
        foreach (var question in questions)
        {
            try
            {
                if (SqlSplitter.Split(question.Value.Sql, question.At.File) is not [var only] || SqlParser.Parse(only).Kind is not ("SelectStmt" or "VariableShowStmt"))
                    throw Wrong(question, "it is not one query", null);
            }
            catch (LockkeeperException e) when (e.Code == SqlErrors.LibraryMissing)
            {
                // Then the copy itself says what is wrong.
                return;
            }
            catch (LockkeeperException e) when (e.Code != BackupErrors.BadCheck)
            {
                throw Wrong(question, e.Message, e);
            }
        }
    }

    private static LockkeeperException Wrong(Placed<DataCheckConfig> question, string why, Exception? inner) =>
        new(BackupErrors.BadCheck, $"the check '{question.Value.Name}' cannot be asked: {why}", "Write one query whose first value is compared with 'expect', for example: SELECT count(*) > 0 FROM orders", question.At, inner);
}
