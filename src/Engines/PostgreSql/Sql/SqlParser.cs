using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Reads statements by PostgreSQL's own grammar. Safe to call from many threads.</summary>
public static class SqlParser
{
    private static readonly Lazy<int> Major = new(() => LibPgQuery.Instance.Parse("SELECT 1").Tree!.Number("version") / 10_000);

    /// <summary>PostgreSQL's major version whose grammar is in use, for people.</summary>
    /// <exception cref="LockkeeperException">libpg_query is not installed.</exception>
    public static string LibraryVersion => GrammarMajor.ToString();

    /// <summary>PostgreSQL's major version whose grammar is in use, that of the newest libpg_query on this machine.</summary>
    /// <exception cref="LockkeeperException">libpg_query is not installed.</exception>
    public static int GrammarMajor => Major.Value;

    /// <summary>Parses a statement and says what is known of it before it runs.</summary>
    /// <param name="statement">One statement.</param>
    /// <exception cref="LockkeeperException">It is not valid SQL (with the exact place), or libpg_query is not installed.</exception>
    public static StatementFacts Analyze(SqlStatement statement)
    {
        StatementFacts? facts = null;
        var text = statement.Text;
        var levels = NestingGuard.BoundOf(text);
        if (!NestingGuard.TryRun(levels, () => facts = FactFinder.Find(Tree(statement, text))))
            throw SyntaxProblem.NestedTooDeeply(statement);
        return facts!;
    }

    /// <summary>Parses a statement and keeps its tree, for what looks closer than the facts do.</summary>
    /// <param name="statement">One statement.</param>
    /// <exception cref="LockkeeperException">It is not valid SQL (with the exact place), or libpg_query is not installed.</exception>
    public static ParsedStatement Parse(SqlStatement statement)
    {
        ParsedStatement? read = null;
        var text = statement.Text;
        var levels = NestingGuard.BoundOf(text);
        if (!NestingGuard.TryRun(levels, () => read = new ParsedStatement(statement, text, Tree(statement, text))))
            throw SyntaxProblem.NestedTooDeeply(statement);
        return read!;
    }

    /// <summary>The tree of the statement, when the grammar has no complaint and it is not too deep to read and for the server to run.</summary>
    private static TreeNode Tree(SqlStatement statement, string text)
    {
        var parsed = LibPgQuery.Instance.Parse(text);
        if (parsed.Error is { } complaint)
            throw SyntaxProblem.Describe(statement, complaint, parsed.ErrorPosition);
        if (parsed.Tree is not { } tree)
            throw SyntaxProblem.NestedTooDeeply(statement);
        if (tree.List("stmts") is not [var only])
        {
            throw new LockkeeperException(
                SqlErrors.SeveralStatements, "several statements run together here, and psql would send them as one",
                "End each with ';' outside of parentheses; BEGIN as a name in CREATE FUNCTION or PROCEDURE needs double quotes.", statement.At);
        }

        return only.Node("stmt")!;
    }
}
