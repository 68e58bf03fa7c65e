using System.Text.Json;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Reads statements by PostgreSQL's own grammar. Safe to call from many threads.</summary>
public static class SqlParser
{
    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    private static readonly Lazy<int> Major = new(() =>
    {
        using var parsed = LibPgQuery.Instance.Parse("SELECT 1");
        using var tree = JsonDocument.Parse(parsed.Tree);
        return tree.RootElement.GetProperty("version").GetInt32() / 10_000;
    });

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
        if (!NestingGuard.TryRun(levels, () => facts = Read(statement, text, levels)))
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
        if (!NestingGuard.TryRun(levels, () => read = Keep(statement, text, levels)))
            throw SyntaxProblem.NestedTooDeeply(statement);
        return read!;
    }

    private static StatementFacts Read(SqlStatement statement, string text, int levels)
    {
        using var parsed = Checked(statement, text, levels);
        using var tree = JsonDocument.Parse(parsed.Tree, AnyDepth);
        return FactFinder.Find(Only(statement, tree));
    }

    private static ParsedStatement Keep(SqlStatement statement, string text, int levels)
    {
        var parsed = Checked(statement, text, levels);
        JsonDocument? tree = null;
        try
        {
            tree = JsonDocument.Parse(parsed.Tree, AnyDepth);
            return new ParsedStatement(statement, text, parsed, tree, Only(statement, tree));
        }
        catch (LockkeeperException)
        {
            tree?.Dispose();
            parsed.Dispose();
            throw;
        }
    }

    /// <summary>What the grammar made of it, when it has no complaint and is not too deep to read.</summary>
    private static ParsedSql Checked(SqlStatement statement, string text, int levels)
    {
        var parsed = LibPgQuery.Instance.Parse(text);
        var problem = parsed.Error is { } complaint ? SyntaxProblem.Describe(statement, complaint, parsed.ErrorPosition)
            : NestingGuard.MayBeDeep(levels) && !NestingGuard.IsShallow(parsed.Tree.Span) ? SyntaxProblem.NestedTooDeeply(statement)
            : null;
        if (problem is null)
            return parsed;
        parsed.Dispose();
        throw problem;
    }

    private static JsonElement Only(SqlStatement statement, JsonDocument tree)
    {
        if (!tree.RootElement.TryGetProperty("stmts", out var statements) || statements.GetArrayLength() != 1)
        {
            throw new LockkeeperException(
                SqlErrors.SeveralStatements, "several statements run together here, and psql would send them as one",
                "End each with ';' outside of parentheses; BEGIN as a name in CREATE FUNCTION or PROCEDURE needs double quotes.", statement.At);
        }

        return statements[0].GetProperty("stmt");
    }
}
