using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>Expressions as somebody wrote them, read by PostgreSQL's own grammar.</summary>
internal static class SqlExpression
{
    private const string Select = "SELECT ";

    /// <summary>Whether it may call a volatile function.</summary>
    public static bool IsVolatile(string expression) => Read(expression, (_, node) => Volatility.IsVolatile(node));

    /// <summary>The expression over the columns of a trigger's row.</summary>
    /// <param name="expression">An expression that names columns without their table.</param>
    /// <param name="columns">The columns of the table.</param>
    /// <exception cref="LockkeeperException">It is no expression, or names a column with its table.</exception>
    public static string OverRow(string expression, IReadOnlyCollection<string> columns) => Read(expression, (parsed, node) =>
    {
        var places = new List<int>();
        Gather(node, parsed, columns, places);
        var text = expression;
        foreach (var place in places.Distinct().OrderDescending())
            text = text[..(place - Select.Length)] + "NEW." + text[(place - Select.Length)..];
        return text;
    });

    private static T Read<T>(string expression, Func<ParsedStatement, TreeNode, T> look)
    {
        var at = new SourcePosition("expression", 1, 1);
        var statements = SqlSplitter.Split(Select + expression, "expression").ToList();
        if (statements.Count != 1)
            throw Refused(expression, "it is not one expression");
        ParsedStatement parsed;
        try
        {
            parsed = SqlParser.Parse(new SqlStatement((Select + expression).AsMemory(), 0, at));
        }
        catch (LockkeeperException e) when (e.Code != SqlErrors.LibraryMissing)
        {
            throw Refused(expression, e.Message);
        }

        var targets = parsed.Node.List("targetList", "ResTarget");
        if (parsed.Kind != "SelectStmt" || targets.Length != 1 || parsed.Node.List("fromClause").Length > 0 || targets[0].Text("name") is not null || targets[0].Node("val") is not { } value)
            throw Refused(expression, "it is not one expression");
        return look(parsed, value);
    }

    private static void Gather(TreeNode node, ParsedStatement parsed, IReadOnlyCollection<string> columns, List<int> places)
    {
        foreach (var field in node.Fields)
        {
            foreach (var item in field.Items)
                Gather(item, parsed, columns, places);
            if (field.Node is not { } inner)
                continue;
            if (inner.Name != "ColumnRef")
            {
                Gather(inner, parsed, columns, places);
                continue;
            }

            if (inner.Strings("fields") is not [var name] || !columns.Contains(name))
                throw Refused(parsed.Text[Select.Length..], $"'{string.Join('.', inner.Strings("fields"))}' is not one of its columns ({string.Join(", ", columns)})");
            places.Add(parsed.OffsetOf(inner));
        }
    }

    private static LockkeeperException Refused(string expression, string why) =>
        new(MigrateErrors.NotExpandable, $"the expression '{expression}' cannot be used: {why}", "Write one expression over the columns of the table, each without the table's name.");
}
