using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>CREATE, DROP and REINDEX INDEX become CONCURRENTLY.</summary>
internal sealed class IndexFix : IStatementFix
{
    public IReadOnlyList<string> Rules { get; } = ["require-concurrent-index-creation", "require-concurrent-index-deletion", "require-concurrent-reindex", "if-not-exists-on-concurrent-index"];

    public FixedStatement? Fix(LintedStatement statement, IReadOnlySet<string> rules) => statement.Kind switch
    {
        "IndexStmt" => Create(statement),
        "DropStmt" when statement.Node.Text("removeType") == "OBJECT_INDEX" => Drop(statement),
        "ReindexStmt" => Reindex(statement),
        _ => null,
    };

    private static FixedStatement Create(LintedStatement statement)
    {
        var text = statement.Parsed.Text;
        if (statement.Node.Text("idxname") is not { } index)
            return FixedStatement.Stays(statement, "the index has no name, and one that is built CONCURRENTLY needs one, so that a build that failed can be found again");
        if (!statement.Node.Is("concurrent"))
            text = Behind(text, "index", " CONCURRENTLY");
        var words = new List<string> { $"index {index} is built while reads and writes go on" };
        // IF NOT EXISTS would pass over an invalid index that a failed build left behind (the runner drops one of those and builds it again).
        if (statement.Node.Is("if_not_exists"))
        {
            var start = StatementText.IndexOfWord(text, "if");
            var end = StatementText.IndexOfWord(text, "exists", start) + "exists".Length;
            text = text[..start] + text[end..].TrimStart();
            words.Add($"IF NOT EXISTS is gone: it would pass over a half-built {index}");
        }

        return new FixedStatement([text], words);
    }

    private static FixedStatement Drop(LintedStatement statement)
    {
        if (statement.Node.Text("behavior") == "DROP_CASCADE")
            return FixedStatement.Stays(statement, "DROP INDEX CASCADE cannot be CONCURRENTLY: drop what depends on the index by itself");
        var exists = statement.Node.Is("missing_ok") ? "IF EXISTS " : "";
        return new FixedStatement(
            [.. statement.Node.List("objects").Select(item => $"DROP INDEX CONCURRENTLY {exists}{SqlName.Of(NameReplay.NameParts(item))}")],
            ["the index is dropped while reads and writes go on"]);
    }

    private static FixedStatement? Reindex(LintedStatement statement)
    {
        var word = statement.Node.Text("kind") switch { null or "REINDEX_OBJECT_INDEX" => "index", "REINDEX_OBJECT_TABLE" => "table", "REINDEX_OBJECT_SCHEMA" => "schema", _ => null };
        return word is null ? null : new FixedStatement([Behind(statement.Parsed.Text, word, " CONCURRENTLY")], ["the index is built anew while reads and writes go on"]);
    }

    private static string Behind(string text, string word, string addition)
    {
        var end = StatementText.IndexOfWord(text, word) + word.Length;
        return text[..end] + addition + text[end..];
    }
}
