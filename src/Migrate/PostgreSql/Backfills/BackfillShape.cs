using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>
/// Which statements have the same effect range by range as at once: those in which what becomes of a row depends on that row and on other tables, and not on other rows of the same table,
/// of which an earlier batch may have changed some.
/// </summary>
internal static class BackfillShape
{
    /// <summary>Refuses every other.</summary>
    /// <exception cref="LockkeeperException">With the place of what does not fit.</exception>
    public static void Require(ParsedStatement parsed)
    {
        var node = parsed.Node;
        if (parsed.Kind is not ("UpdateStmt" or "DeleteStmt"))
            throw Refused(parsed, null, "a backfill is an UPDATE or a DELETE, and this is none", "Put '-- lk: backfill' directly before the UPDATE or DELETE that is meant.");
        if (node.Node("withClause") is { } with)
            throw Refused(parsed, with, "a statement with WITH cannot be run in batches: the query would be asked anew for each", "Write the query into the condition, or into a table of its own that FROM or USING names.");
        if (node.List("returningList").FirstOrDefault() is { } returning)
            throw Refused(parsed, returning.Unwrap().Content, "a statement with RETURNING cannot be run in batches: nobody reads the rows", "Take RETURNING out.");
        if (node.Node("returningClause") is not null)
            throw Refused(parsed, null, "a statement with RETURNING cannot be run in batches: nobody reads the rows", "Take RETURNING out.");
        if (node.Node("whereClause")?.Node("CurrentOfExpr") is not null)
            throw Refused(parsed, null, "WHERE CURRENT OF cannot be run in batches", "Write a condition on the table's columns.");
        if (node.Node("relation") is not { } relation)
            throw Refused(parsed, null, "the statement names no table", "Write the table's name.");
        RefuseOwnRows(parsed, relation);
    }

    /// <summary>The key of the table must not be changed: rows would move from one range to another.</summary>
    /// <exception cref="LockkeeperException">It is.</exception>
    public static void RequireKeyStays(BackfillStatement statement, IEnumerable<string> key)
    {
        if (key.FirstOrDefault(statement.Assigned.Contains) is { } column)
        {
            throw new LockkeeperException(
                MigrateErrors.NotInBatches, $"the UPDATE changes {column}, which is of the key that its batches go along", "Give another key: '-- lk: backfill key: COLUMN'.", statement.Sql.At);
        }
    }

    private static void RefuseOwnRows(ParsedStatement parsed, TreeNode target)
    {
        var tree = new QueryTree(parsed.Kind, parsed.Node);
        var (name, schema) = (target.Text("relname"), target.Text("schemaname"));
        // One of another schema, where both say theirs, is another table. The target itself is the first that is named and stands at its own place.
        foreach (var other in tree.Relations)
        {
            if (other.Text("relname") != name || other.Number("location") == target.Number("location"))
                continue;
            if (schema is not null && other.Text("schemaname") is { } its && its != schema)
                continue;
            throw Refused(
                parsed, other, $"the statement reads {name} beside the row that it changes: a later batch would see what an earlier one has changed there",
                "Gather what it needs in a table of its own first, and read that.");
        }

        if (tree.Calls.FirstOrDefault(call => call.Strings("funcname") is [.., "currval" or "lastval"]) is { } call)
            throw Refused(parsed, call, "the statement reads a sequence's last value, which another batch changes", "Take it out.");
    }

    private static LockkeeperException Refused(ParsedStatement parsed, TreeNode? at, string message, string hint) =>
        new(MigrateErrors.NotInBatches, message, hint, at is null ? parsed.Sql.At : parsed.PositionOf(at));
}
