using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Migrate.PostgreSql.Backfills;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Splits, parses and checks a script before anything is sent.</summary>
internal static class ScriptPreparation
{
    /// <summary>Prepares a script.</summary>
    /// <param name="script">The script as read.</param>
    /// <param name="text">Its text with the placeholders replaced.</param>
    /// <param name="serverMajor">The target's major version; null when it is not known.</param>
    public static PreparedSql Prepare(MigrationScript script, ScriptText text, int? serverMajor) =>
        text.IsLarge && script.Style == ScriptStyle.Statements ? PrepareLarge(script, text, serverMajor) : PrepareKept(script, text.Load(), serverMajor);

    private static PreparedSql PrepareKept(MigrationScript script, string text, int? serverMajor)
    {
        var isForPsql = script.Style != ScriptStyle.Statements;
        var sql = isForPsql ? PsqlScriptFile.WithoutDisplayCommands(text, script) : text;
        IReadOnlyList<PreparedStatement> statements = [.. Analyzed(Split(script, sql), serverMajor)];
        var inner = OwnTransaction.Without(statements, script);
        var summary = ScriptSummary.Of(inner);
        return new PreparedSql(script, text, inner, summary, Check(script, summary, statements.Count));
    }

    /// <summary>Goes through a large script, to know and check it; nothing of it is kept.</summary>
    private static PreparedSql PrepareLarge(MigrationScript script, ScriptText text, int? serverMajor)
    {
        var ends = new ScriptEnds();
        var statements = new LargeStatements(script, text, statement => Analyze(statement, serverMajor), new HashSet<int>());
        var (summary, hash) = SumUp(statements, serverMajor, ends);
        var count = summary.Count;
        if (OwnTransaction.In(ends, script) is { Count: > 0 } own)
        {
            statements = new LargeStatements(script, text, statement => Analyze(statement, serverMajor), own);
            (summary, hash) = SumUp(statements, serverMajor, null);
        }

        var words = $"-- {Plural.Of(summary.Count, "statement")} of {script.File}, which is too large to be shown ({script.Large!.File.Bytes:N0} bytes)\n-- sha256 of what is sent: {hash}\n";
        return new PreparedSql(script, words, statements, summary, Check(script, summary, count));
    }

    private static (ScriptSummary Summary, string Hash) SumUp(LargeStatements statements, int? serverMajor, ScriptEnds? ends)
    {
        using var hash = new TextHash();
        var analyzed = Analyzed(Hashed(statements.Select(statement => statement.Sql), hash), serverMajor);
        return (ScriptSummary.Of(ends is null ? analyzed : ends.Watch(analyzed)), hash.Finish());
    }

    /// <summary>A plan states exactly what is sent: the approval of a large script is for this hash.</summary>
    private static IEnumerable<SqlStatement> Hashed(IEnumerable<SqlStatement> statements, TextHash hash)
    {
        foreach (var statement in statements)
        {
            yield return statement;
            hash.Append(statement.Characters.Span);
            hash.Append(";\n");
            foreach (var piece in statement.CopyData?.Pieces() ?? [])
                hash.Append(piece.Span);
        }
    }

    /// <summary>Refuses what cannot run; whether the script runs in one transaction.</summary>
    /// <param name="script">The script.</param>
    /// <param name="summary">What is known of the statements that are sent.</param>
    /// <param name="written">How many stand in the file: a BEGIN and COMMIT of its own are not sent.</param>
    private static bool Check(MigrationScript script, ScriptSummary summary, int written)
    {
        if (written == 0 && script.Style == ScriptStyle.Statements && !script.MayBeEmpty)
        {
            throw new LockkeeperException(
                MigrateErrors.EmptyFile, $"{script.File} has no statement", "Write the statements; a migration that is meant to do nothing says SELECT 1;", script.At);
        }

        RefuseTransactionControl(summary);
        return InTransaction(script, summary, hadOwn: summary.Count < written);
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
            yield return new PreparedStatement(statement, last) { Backfill = BackfillOf(statement) };
        }
    }

    /// <summary>The statement as a backfill; null without the directive.</summary>
    public static BackfillStatement? BackfillOf(SqlStatement statement) => BackfillMark.Of(statement) is { } directive ? BackfillStatement.Of(statement, directive) : null;

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

    private static void RefuseTransactionControl(ScriptSummary summary)
    {
        if (summary.FirstControl is not { } found)
            return;
        throw new LockkeeperException(
            MigrateErrors.TransactionControl, $"{found.Facts.Command} inside a migration file",
            "Remove it: each file runs in one transaction with its history row, which takes the place of one BEGIN and COMMIT around all of it; '-- lk: no-transaction' at the top runs each statement by itself.", found.Sql.At)
        {
            Facts = [new ErrorFact("STATEMENT", Shorten(found.Sql.Text))],
        };
    }

    /// <summary>A file of which no statement can run in a transaction runs without one by itself; a mixed one must say so.</summary>
    private static bool InTransaction(MigrationScript script, ScriptSummary summary, bool hadOwn)
    {
        if (summary.FirstBackfill is { } backfill)
        {
            return !hadOwn ? false : throw new LockkeeperException(
                MigrateErrors.NotInBatches, $"{script.File} has a BEGIN and COMMIT around it, and the batches of a backfill are committed one by one", "Take BEGIN and COMMIT out.", backfill.Sql.At);
        }

        if (summary.FirstBare is not { } bare)
            return !script.NoTransaction;
        if (script.NoTransaction || (summary.BareCount == summary.Count && !hadOwn))
            return false;
        throw new LockkeeperException(
            MigrateErrors.NeedsNoTransaction, $"{bare.Facts.CannotRunInTransaction}, and {script.File} runs in one",
            "Move the statement into a file of its own, or put '-- lk: no-transaction' at the top of the file.", bare.Sql.At)
        {
            Facts = [new ErrorFact("STATEMENT", Shorten(bare.Sql.Text))],
        };
    }

    /// <summary>The first lines of a statement, for messages.</summary>
    public static string Shorten(string sql)
    {
        const int longest = 400;
        return sql.Length <= longest ? sql : sql[..longest] + " …";
    }
}
