using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Work that takes as long as there are rows.</summary>
/// <param name="Table">The table whose rows they are; null when that is not one table.</param>
/// <param name="Words">What is done, for a message: <c>an UPDATE of lines</c>.</param>
/// <param name="ChangesRows">Whether it changes rows.</param>
internal sealed record RowWork(string? Table, string Words, bool ChangesRows)
{
    /// <summary>The work of a statement; null when it is over at once, or when nobody has rows in the table yet.</summary>
    public static RowWork? Of(LintedStatement statement) => statement.Kind switch
    {
        "UpdateStmt" => Change(statement, "an UPDATE"),
        "DeleteStmt" => Change(statement, "a DELETE"),
        "MergeStmt" => Change(statement, "a MERGE"),

        // Some rows that are written out take no time.
        "InsertStmt" when statement.Node.Node("selectStmt")?.Node("SelectStmt")?.List("fromClause").Any() == true => new RowWork(statement.NameOf("relation"), $"an INSERT of a query's rows into {Target(statement)}", ChangesRows: true),
        "CopyStmt" when statement.Node.Is("is_from") => new RowWork(statement.NameOf("relation"), $"a COPY into {Target(statement)}", ChangesRows: true),
        "CreateTableAsStmt" when statement.Node.Node("into")?.Is("skipData") != true => new RowWork(null, "a query fills a new table", ChangesRows: false),
        "RefreshMatViewStmt" when !statement.Node.Is("skipData") => new RowWork(statement.NameOf("relation"), $"a refresh of {Target(statement)}", ChangesRows: false),
        "IndexStmt" when !statement.Node.Is("concurrent") => Live(statement, $"the building of an index of {Target(statement)}"),
        "AlterTableStmt" when statement.Facts.ScansOrRewrites => Live(statement, $"an ALTER TABLE that works through {Target(statement)}"),
        _ => null,
    };

    private static RowWork? Change(LintedStatement statement, string command) =>
        Live(statement, $"{command} of {Target(statement)}") is { } work ? work with { ChangesRows = true } : null;

    private static RowWork? Live(LintedStatement statement, string words) =>
        statement.NameOf("relation") is { } table && statement.IsLiveTable(table) ? new RowWork(table, words, ChangesRows: false) : null;

    private static string Target(LintedStatement statement) => statement.NameOf("relation") is { } table ? statement.Words(table) : "a table";
}
