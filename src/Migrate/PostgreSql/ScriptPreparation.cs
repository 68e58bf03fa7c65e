using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Splits, parses and checks a script before anything is sent.</summary>
internal static class ScriptPreparation
{
    /// <summary>Prepares a script.</summary>
    /// <param name="script">The script as read.</param>
    /// <param name="text">Its text with the placeholders replaced.</param>
    /// <param name="serverMajor">The target's major version; null when it is not known.</param>
    public static PreparedSql Prepare(MigrationScript script, string text, int? serverMajor)
    {
        var isForPsql = script.Style != ScriptStyle.Statements;
        var sql = isForPsql ? PsqlScriptFile.WithoutDisplayCommands(text, script) : text;
        IReadOnlyList<PreparedStatement> statements = [.. Analyzed(Split(script, sql), serverMajor)];
        var isEmpty = statements.Count == 0;
        var inner = OwnTransaction.Without(statements, script);
        var hadOwn = inner.Count < statements.Count;
        statements = inner;
        if (isEmpty && !isForPsql && !script.MayBeEmpty)
        {
            throw new LockkeeperException(
                MigrateErrors.EmptyFile, $"{script.File} has no statement", "Write the statements; a migration that is meant to do nothing says SELECT 1;", script.At);
        }

        RefuseTransactionControl(statements);
        return new PreparedSql(script, text, statements, InTransaction(script, statements, hadOwn));
    }

    /// <summary>The statements of a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="text">Its text with the placeholders replaced.</param>
    public static IEnumerable<SqlStatement> Split(MigrationScript script, string text) => script.Parts is not { } parts
        ? SqlSplitter.Split(text, script.File, script.FirstLine)
        : parts.SelectMany(part => part.IsGenerated
            ? [new SqlStatement(part.Text.AsMemory(), 0, part.At) { IsGenerated = true }]
            : SqlSplitter.Split(part.Text, part.At.File, part.At.Line, part.At.Column));

    /// <summary>A million INSERTs into one table share what is known of them.</summary>
    private static IEnumerable<PreparedStatement> Analyzed(IEnumerable<SqlStatement> statements, int? serverMajor)
    {
        StatementFacts? last = null;
        foreach (var statement in statements)
        {
            var facts = Analyze(statement, serverMajor);
            last = last is not null && last.SameAs(facts) ? last : facts;
            yield return new PreparedStatement(statement, last);
        }
    }

    /// <summary>A server newer than the grammar may know syntax that the parser does not: then the server decides.</summary>
    private static StatementFacts Analyze(SqlStatement statement, int? serverMajor)
    {
        try
        {
            return SqlParser.Analyze(statement);
        }
        catch (LockkeeperException e) when (e.Code == SqlErrors.Syntax && serverMajor > SqlParser.GrammarMajor)
        {
            return new StatementFacts { Command = "unknown" };
        }
    }

    private static void RefuseTransactionControl(IReadOnlyList<PreparedStatement> statements)
    {
        if (statements.FirstOrDefault(statement => statement.Facts.ControlsTransaction) is not { } found)
            return;
        throw new LockkeeperException(
            MigrateErrors.TransactionControl, $"{found.Facts.Command} inside a migration file",
            "Remove it: each file runs in one transaction with its history row, which takes the place of one BEGIN and COMMIT around all of it; '-- lk: no-transaction' at the top runs each statement by itself.", found.Sql.At)
        {
            Facts = [new ErrorFact("STATEMENT", Shorten(found.Sql.Text))],
        };
    }

    /// <summary>A file of which no statement can run in a transaction runs without one by itself; a mixed one must say so.</summary>
    private static bool InTransaction(MigrationScript script, IReadOnlyList<PreparedStatement> statements, bool hadOwn)
    {
        var unable = statements.Where(statement => statement.Facts.CannotRunInTransaction is not null).ToList();
        if (unable.Count == 0)
            return !script.NoTransaction;
        if (script.NoTransaction || (unable.Count == statements.Count && !hadOwn))
            return false;
        throw new LockkeeperException(
            MigrateErrors.NeedsNoTransaction, $"{unable[0].Facts.CannotRunInTransaction}, and {script.File} runs in one",
            "Move the statement into a file of its own, or put '-- lk: no-transaction' at the top of the file.", unable[0].Sql.At)
        {
            Facts = [new ErrorFact("STATEMENT", Shorten(unable[0].Sql.Text))],
        };
    }

    /// <summary>The first lines of a statement, for messages.</summary>
    public static string Shorten(string sql)
    {
        const int longest = 400;
        return sql.Length <= longest ? sql : sql[..longest] + " …";
    }
}
