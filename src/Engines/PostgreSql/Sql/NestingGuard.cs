namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Keeps a very deep statement from overrunning the stack: libpg_query writes its tree out recursively and without a check
/// (its grammar bounds parentheses at 10,000, but not chains such as 1+1+1+…).</summary>
internal static class NestingGuard
{
    /// <summary>Bytes of stack a level: 168 were the most seen with libpg_query 15-4.2.0 on x86-64.</summary>
    private const int StackBytesPerLevel = 512;

    /// <summary>Levels that any thread's stack has room for.</summary>
    private const int SafeLevels = 2_000;

    /// <summary>Past this bound a statement is not even handed to the grammar.</summary>
    private const int MostLevels = 1_000_000;

    /// <summary>Two levels of JSON make one of the tree. The server gives up at less than 5,000 levels (measured: 1+1+… with the default
    /// max_stack_depth of 2 MB).</summary>
    public const int MostJsonLevels = 20_000;

    /// <summary>A bound of how deep the tree can get: the tokens of a list item, summed over the parentheses that are open.
    /// A comma ends an item at its level, so data of an INSERT is shallow however long it is.</summary>
    public static int BoundOf(string sql)
    {
        if (sql.Length <= SafeLevels)
            return sql.Length;
        var scanner = new SqlScanner(sql, 0);
        var outer = new Stack<int>();
        var (here, sum, most) = (0, 0, 0);
        while (scanner.Next() is var kind and not TokenKind.End and < TokenKind.UnterminatedString)
        {
            here++;
            switch (sql[scanner.Start])
            {
                case '(' or '[' when kind is not TokenKind.Word:
                    outer.Push(here);
                    sum += here;
                    here = 0;
                    break;
                case ')' or ']' when outer.Count > 0:
                    here = outer.Pop();
                    sum -= here;
                    break;
                case ',' or ';':
                    here = 0;
                    break;
            }

            most = Math.Max(most, sum + here);
        }

        return most;
    }

    /// <summary>Does work on a stack that is large enough for so many levels.</summary>
    /// <returns>False when there are too many, and the work was not done.</returns>
    public static bool TryRun(int levels, Action work)
    {
        if (levels <= SafeLevels)
        {
            work();
            return true;
        }

        if (levels > MostLevels)
            return false;
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    work();
                }
                catch (Exception e)
                {
                    failure = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e);
                }
            },
            Math.Max(levels * StackBytesPerLevel, 4 * 1024 * 1024));
        thread.Start();
        thread.Join();
        failure?.Throw();
        return true;
    }
}
