using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A foreign key whose columns no index leads with.</summary>
internal sealed class ForeignKeyWithoutIndex : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("foreign-key-without-index", "a foreign key whose columns have no index", Severity.Warning, RuleSet.Strict)
    {
        Why = "Each DELETE, and each UPDATE of the key, in the other table looks for rows that refer to it. Without an index on the foreign key's columns it reads the whole table each time, while it holds its row's lock.",
        Fix = "CREATE INDEX CONCURRENTLY on the columns of the foreign key; further columns may follow them.",
        Peers = ["eugene E15"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var (statement, table, node, columns) in ForeignKeys(script))
        {
            // Of a table that was there before all that was read, no target tells the indexes.
            if (script.Target is null && script.After.Table(table)?.CreatedIn is null)
                continue;
            if (!script.After.IndexesOf(table).Any(index => Serves(index, columns)))
                yield return statement.Find(Info, $"no index of {statement.Words(table)} begins with {string.Join(", ", columns)}", node, table);
        }
    }

    private static bool Serves(KnownIndex index, IReadOnlyList<string> columns) =>
        index is { IsValid: true, Method: "btree" or "hash" } && (!index.IsPartial || index.SkipsOnlyNulls)
        && index.Columns.Count >= columns.Count && index.Columns.Take(columns.Count).OfType<string>().ToHashSet().SetEquals(columns);

    private static IEnumerable<(LintedStatement Statement, string Table, TreeNode Node, IReadOnlyList<string> Columns)> ForeignKeys(LintedScript script)
    {
        foreach (var statement in script.Of("CreateStmt"))
        {
            if (statement.NameOf("relation") is not { } table)
                continue;
            foreach (var constraint in statement.Node.List("tableElts", "Constraint").Where(IsForeignKey))
                yield return (statement, table, constraint, constraint.Strings("fk_attrs"));
            foreach (var column in statement.Node.List("tableElts", "ColumnDef"))
            {
                foreach (var constraint in column.List("constraints", "Constraint").Where(IsForeignKey))
                    yield return (statement, table, constraint, [column.Text("colname") ?? ""]);
            }
        }

        foreach (var constraint in script.NewConstraints().Where(constraint => IsForeignKey(constraint.Constraint)))
            yield return (constraint.Part.Statement, constraint.Part.Table, constraint.Constraint, constraint.Columns);
    }

    private static bool IsForeignKey(TreeNode constraint) => constraint.Text("contype") == "CONSTR_FOREIGN";
}
