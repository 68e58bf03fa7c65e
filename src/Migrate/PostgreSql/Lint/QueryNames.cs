using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>The tables and columns that a statement of an application names.</summary>
/// <param name="Query">The statement.</param>
/// <param name="Tables">The tables as written: the schema, null for none, and the name.</param>
/// <param name="Columns">The columns, each with the table's name or alias before it, null for none.</param>
/// <param name="Aliases">What a name before a column stands for.</param>
internal sealed record QueryNames(
    KnownQuery Query, IReadOnlySet<(string? Schema, string Name)> Tables, IReadOnlySet<(string? Of, string Name)> Columns, ILookup<string, (string? Schema, string Name)> Aliases)
{
    /// <summary>Reads a statement; null when the grammar does not take it: pg_stat_statements cuts long ones.</summary>
    public static QueryNames? Of(KnownQuery query)
    {
        try
        {
            var parsed = SqlParser.Parse(new SqlStatement(query.Text.AsMemory(), 0, new SourcePosition("pg_stat_statements", 1, 1)));
            var relations = new QueryTree(parsed.Kind, parsed.Node).Relations.Select(node => (Table: (node.Text("schemaname"), node.Text("relname") ?? ""), Alias: node.Node("alias")?.Text("aliasname"))).ToList();
            var columns = new HashSet<(string?, string)>();
            Gather(parsed.Kind, parsed.Node, columns);
            return new QueryNames(query, relations.Select(relation => relation.Table).ToHashSet(), columns, relations.ToLookup(relation => relation.Alias ?? relation.Table.Item2, relation => relation.Table));
        }
        catch (LockkeeperException e) when (e.Code != SqlErrors.LibraryMissing)
        {
            return null;
        }
    }

    private static void Gather(string rootKind, TreeNode root, HashSet<(string?, string)> columns)
    {
        var open = new Stack<(string Kind, TreeNode Node)>([(rootKind, root)]);
        while (open.TryPop(out var next))
        {
            var (kind, node) = next;
            if (kind == "ColumnRef" && node.Strings("fields") is { Count: > 0 } fields && node.List("fields").All(field => field.Node("String") is not null))
                columns.Add((fields.Count > 1 ? fields[^2] : null, fields[^1]));
            foreach (var target in TargetsOf(kind, node))
                columns.Add((null, target));
            foreach (var field in node.Fields)
            {
                if (field.Node is { } inner)
                    open.Push((inner.Name, inner));
                foreach (var item in field.Items)
                    open.Push((field.Name, item));
            }
        }
    }

    /// <summary>The columns that an INSERT lists or an UPDATE sets.</summary>
    private static IEnumerable<string> TargetsOf(string kind, TreeNode node) =>
        (kind is "InsertStmt" ? node.List("cols", "ResTarget") : kind is "UpdateStmt" or "onConflictClause" ? node.List("targetList", "ResTarget") : []).Select(target => target.Text("name")).OfType<string>();
}
