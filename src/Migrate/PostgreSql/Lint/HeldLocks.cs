using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>The tables that a statement keeps everybody else from until its transaction ends.</summary>
internal static class HeldLocks
{
    private static readonly HashSet<string> Kinds = new(StringComparer.Ordinal)
    {
        "AlterTableStmt", "CreateStmt", "DropStmt", "TruncateStmt", "RenameStmt", "AlterObjectSchemaStmt", "LockStmt", "RuleStmt", "CreatePolicyStmt", "AlterPolicyStmt",
        "ClusterStmt", "RefreshMatViewStmt",
    };

    /// <summary>The live tables on which it takes ACCESS EXCLUSIVE.</summary>
    public static IEnumerable<string> Of(LintedStatement statement) =>
        IsAboutTables(statement) ? All(statement).Distinct().Where(statement.IsLiveTable) : [];

    private static IEnumerable<string> All(LintedStatement statement)
    {
        foreach (var held in statement.Locks)
        {
            if (held.Mode != "ACCESS EXCLUSIVE")
                continue;
            yield return held.Relation;
            // The triggers of a foreign key are on both tables, and dropping one takes the same lock on the other.
            foreach (var other in DroppedReferences(statement, held.Relation))
                yield return other;
        }
    }

    private static IEnumerable<string> DroppedReferences(LintedStatement statement, string table)
    {
        var constraints = statement.Before.Table(table)?.Constraints.Where(constraint => constraint.References is not null) ?? [];
        if (statement.Kind == "AlterTableStmt")
        {
            var dropped = statement.Node.List("cmds", "AlterTableCmd").Where(command => command.Text("subtype") == "AT_DropConstraint").Select(command => command.Text("name")).ToList();
            constraints = constraints.Where(constraint => dropped.Contains(constraint.Name));
        }
        else if (statement.Kind != "DropStmt")
        {
            constraints = [];
        }

        return constraints.Select(constraint => constraint.References!);
    }

    /// <summary>Whether the locks are on tables: views and sequences are locked too, but nobody waits long for those, and a composite type is none.</summary>
    private static bool IsAboutTables(LintedStatement statement) => statement.Kind switch
    {
        "AlterTableStmt" => statement.Node.Text("objtype") is "OBJECT_TABLE" or "OBJECT_INDEX" or "OBJECT_MATVIEW",
        "DropStmt" => statement.Node.Text("removeType") is "OBJECT_TABLE" or "OBJECT_INDEX" or "OBJECT_MATVIEW" or "OBJECT_TRIGGER" or "OBJECT_RULE" or "OBJECT_POLICY",
        "RenameStmt" => statement.Node.Text("renameType") is "OBJECT_TABLE" or "OBJECT_TABCONSTRAINT" or "OBJECT_TRIGGER" or "OBJECT_POLICY"
            || statement.Node.Text("relationType") is "OBJECT_TABLE",
        "AlterObjectSchemaStmt" => statement.Node.Text("objectType") is "OBJECT_TABLE" or "OBJECT_MATVIEW",
        "CreateStmt" => statement.Node.Node("partbound") is not null,
        _ => Kinds.Contains(statement.Kind),
    };
}
