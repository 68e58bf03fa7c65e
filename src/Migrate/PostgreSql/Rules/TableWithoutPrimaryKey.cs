using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A table without a primary key.</summary>
internal sealed class TableWithoutPrimaryKey : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("table-without-primary-key", "a table without a primary key", Severity.Warning, RuleSet.Strict)
    {
        Why = "Logical replication refuses UPDATE and DELETE on it without a REPLICA IDENTITY, a single row cannot be named, and batches have no key to go by.",
        Fix = "Give it one: id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, or the columns that name a row.",
        Peers = ["Spirit primary_key", "Bytebase table require PK"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("CreateStmt"))
        {
            if (statement.NameOf("relation") is { } table && !MayHaveOne(statement) && !GetsOne(script, table))
                yield return statement.Find(Info, $"{statement.Words(table)} has no primary key", statement.Node.Node("relation") ?? default, table);
        }

        foreach (var statement in script.Of("CreateTableAsStmt"))
        {
            if (statement.Node.Text("objtype") == "OBJECT_TABLE" && statement.Node.Node("into")?.Node("rel") is { } made && made.Text("relpersistence") != "t"
                && statement.NameOf(made) is var table && !GetsOne(script, table))
                yield return statement.Find(Info, $"{statement.Words(table)} has no primary key", made, table);
        }
    }

    /// <summary>One of its own, or that of a table that it is a part or a copy of.</summary>
    private static bool MayHaveOne(LintedStatement statement) =>
        statement.Node.Node("relation")?.Text("relpersistence") == "t"
        || statement.Node.Node("partbound") is not null || statement.Node.List("inhRelations").Any() || statement.Node.Node("ofTypename") is not null
        || statement.Node.List("tableElts", "TableLikeClause").Any(like => like.Number("options") != 0)
        || statement.Node.List("tableElts", "Constraint").Any(constraint => constraint.Text("contype") == "CONSTR_PRIMARY")
        || statement.Node.List("tableElts", "ColumnDef").Any(column => NewColumns.Has(column, "CONSTR_PRIMARY"));

    private static bool GetsOne(LintedScript script, string table) =>
        script.NewConstraints().Any(constraint => constraint.Type == "CONSTR_PRIMARY" && constraint.Part.Table == table)
        || script.AlterTableParts().Any(part => part.Table == table && part.Subtype == "AT_ReplicaIdentity")
        || script.Of("DropStmt").Any(drop => drop.DroppedNames().Contains(table));
}
