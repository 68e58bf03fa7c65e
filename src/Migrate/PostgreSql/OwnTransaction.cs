using System.Text.RegularExpressions;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>The BEGIN and COMMIT that a file has around all of its statements, whose place the migration's own transaction takes.</summary>
internal static partial class OwnTransaction
{
    /// <summary>The statements without them; the same statements when the file has none, or controls transactions in any other way.</summary>
    /// <remarks>What stands before BEGIN may be settings only: they hold for the session there as they do here for the transaction.</remarks>
    public static IReadOnlyList<PreparedStatement> Without(IReadOnlyList<PreparedStatement> statements, MigrationScript script)
    {
        // Without a transaction of ours nothing would take its place.
        if (script.NoTransaction)
            return statements;
        var begin = 0;
        while (begin < statements.Count && MayStandBefore(statements[begin]))
            begin++;
        var end = statements.Count - 1;
        // After a COMMIT there is nothing for a ROLLBACK to take back.
        if (end > 0 && Rollback().IsMatch(statements[end].Sql.Text) && Commit().IsMatch(statements[end - 1].Sql.Text))
            end--;
        var ends = script.Style == ScriptStyle.PsqlVerify ? RollbackOrCommit() : Commit();
        if (begin >= end || !Begin().IsMatch(statements[begin].Sql.Text) || !ends.IsMatch(statements[end].Sql.Text))
            return statements;
        return [.. statements.Take(begin), .. statements.Skip(begin + 1).Take(end - begin - 1)];
    }

    /// <summary>The places of those statements of a large script that <see cref="Without"/> would leave out.</summary>
    public static IReadOnlySet<int> In(ScriptEnds ends, MigrationScript script)
    {
        var looked = ends.Statements;
        var kept = Without([.. looked.Select(one => one.Statement)], script).ToHashSet(ReferenceEqualityComparer.Instance);
        return looked.Where(one => !kept.Contains(one.Statement)).Select(one => one.Index).ToHashSet();
    }

    /// <summary>Whether a statement may stand before the BEGIN.</summary>
    public static bool MayStandBefore(PreparedStatement statement) => statement.Facts is { Command: "SET", ControlsTransaction: false };

    [GeneratedRegex(@"^(?:BEGIN|BEGIN\s+WORK|BEGIN\s+TRANSACTION|START\s+TRANSACTION)$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Begin();

    [GeneratedRegex(@"^(?:COMMIT|END)(?:\s+WORK|\s+TRANSACTION)?$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Commit();

    [GeneratedRegex(@"^ROLLBACK(?:\s+WORK|\s+TRANSACTION)?$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Rollback();

    [GeneratedRegex(@"^(?:COMMIT|END|ROLLBACK|ABORT)(?:\s+WORK|\s+TRANSACTION)?$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex RollbackOrCommit();
}
