using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>An UPDATE or DELETE that can be run for one range of keys after the other with the same effect as at once.</summary>
/// <param name="Sql">The statement.</param>
/// <param name="Directive">How it is to run.</param>
/// <param name="Table">The table as written, with ONLY where it is written.</param>
/// <param name="Relation">The table's name alone.</param>
/// <param name="Reference">What the statement calls the table.</param>
/// <param name="Assigned">The columns that it sets.</param>
/// <param name="IsDelete">Whether it deletes.</param>
/// <param name="EndsItself">Whether a row that it has changed no longer fulfils its condition, for sure: then none must be left in the end.</param>
internal sealed record BackfillStatement(
    SqlStatement Sql, BackfillDirective Directive, string Table, string Relation, string Reference, IReadOnlySet<string> Assigned, bool IsDelete, bool EndsItself)
{
    /// <summary>The parts of the text: up to the condition, and the condition; null without one.</summary>
    public required (string Head, string? Condition) Parts { get; init; }

    /// <summary>Whether the rows to change are found with the help of further tables that FROM or USING names.</summary>
    public required bool Joins { get; init; }

    /// <summary>Whether it reads other tables, in FROM, USING or a subquery.</summary>
    public required bool ReadsOthers { get; init; }

    /// <summary>Whether a second run over a row changes nothing more: no new value is made from a column that it sets.</summary>
    public required bool IsRepeatable { get; init; }

    /// <summary>In words, for people: <c>update of orders</c>.</summary>
    public string Words => $"{(IsDelete ? "delete from" : "update of")} {Relation}";

    /// <summary>The statement for the rows that a further condition holds for.</summary>
    public string Where(string further)
    {
        // The line end: a comment may stand at the condition's end.
        return Parts.Condition is { } condition ? $"{Parts.Head}WHERE ({condition}\n) AND {further}" : $"{Parts.Head} WHERE {further}";
    }

    /// <summary>A query that counts the rows that still fulfil the statement's condition and a further one.</summary>
    public string CountLeft(string further) => $"SELECT count(*) FROM {Table}{(Reference == Relation ? "" : $" AS {Reference}")} WHERE {(Parts.Condition is { } condition ? $"({condition}\n) AND " : "")}{further}";

    /// <summary>Reads a statement under a directive.</summary>
    /// <exception cref="LockkeeperException">It cannot run in batches, or not surely with the same effect.</exception>
    public static BackfillStatement Of(SqlStatement sql, BackfillDirective directive)
    {
        var parsed = SqlParser.Parse(sql);
        BackfillShape.Require(parsed);
        var node = parsed.Node;
        var relation = node.Node("relation")!;
        var (isDelete, name) = (parsed.Kind == "DeleteStmt", relation.Relation());
        var alias = relation.Node("alias")?.Text("aliasname");
        var text = parsed.Text;
        var where = node.Node("whereClause") is null ? -1 : StatementText.IndexOfWord(text, "where");
        var joins = node.List("fromClause").Concat(node.List("usingClause")).Any();
        return new BackfillStatement(
            sql, directive, relation.Is("inh") ? name : $"ONLY {name}", name, alias is null ? name : SqlName.Of(alias), AssignedColumns.Of(node), isDelete, EndsItself: (isDelete && !joins) || (!joins && AssignedColumns.MakesFalse(node)))
        {
            Parts = where < 0 ? (text, null) : (text[..where], text[(where + "where".Length)..].Trim()),
            Joins = joins,
            IsRepeatable = AssignedColumns.IsRepeatable(node),
            ReadsOthers = new QueryTree(parsed.Kind, node).Relations.Skip(1).Any(),
        };
    }
}
