using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>An index whose columns another index begins with.</summary>
internal sealed class RedundantIndex : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("redundant-index", "an index that another one makes superfluous", Severity.Warning, RuleSet.Strict)
    {
        Why = "An index on (a, b) serves every search that one on (a) serves. The second takes space and makes every write slower, for nothing.",
        Fix = "Leave it out. Where the new index is to replace the other one, drop that in the same release.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("IndexStmt"))
        {
            if (statement.NameOf("relation") is not { } table || Key(statement.Node) is not { Count: > 0 } key)
                continue;
            var name = statement.Node.Text("idxname") is { } own ? QualifiedName.Beside(table, own) : null;
            var wider = statement.Before.IndexesOf(table).Where(index => index.Name != name && script.After.Indexes.ContainsKey(index.Name) && Covers(index, key)).Select(index => index.Name).Order(StringComparer.Ordinal).FirstOrDefault();
            if (wider is not null)
                yield return statement.Find(Info, $"{statement.Short(wider)} begins with {string.Join(", ", key)} already", subject: table);
        }
    }

    /// <summary>The columns of a plain index without any peculiarity; null for every other.</summary>
    private static List<string>? Key(TreeNode node)
    {
        if (node.Is("unique") || node.Node("whereClause") is not null || node.List("indexIncludingParams").Any() || (node.Text("accessMethod") ?? "btree") != "btree")
            return null;
        var elements = node.List("indexParams", "IndexElem").ToList();
        return elements.TrueForAll(IndexReplay.IsPlain) && elements.TrueForAll(element => element.Text("name") is not null) ? [.. elements.Select(element => element.Text("name")!)] : null;
    }

    private static bool Covers(KnownIndex index, List<string> key) =>
        index is { IsValid: true, IsPartial: false, IsPlain: true, Method: "btree" } && index.Columns.Take(key.Count).SequenceEqual(key);
}
