namespace Lockkeeper.Migrate.Formats.Liquibase.Changes;

/// <summary>Changes of rows.</summary>
internal static class DataChanges
{
    public static Change Insert(ChangeContext change)
    {
        var table = change.Table();
        var columns = Columns(change);
        return OrNothing(change, columns.Count == 0
            ? $"INSERT INTO {table} DEFAULT VALUES"
            : $"INSERT INTO {table} ({string.Join(", ", columns.Select(column => column.Name))}) VALUES ({string.Join(", ", columns.Select(column => column.Value ?? "NULL"))})");
    }

    public static Change Update(ChangeContext change)
    {
        var sets = Columns(change).Select(column => $"{column.Name} = {column.Value ?? "NULL"}").ToList();
        return OrNothing(change, $"UPDATE {change.Table()} SET {string.Join(", ", sets)}{Where(change)}");
    }

    public static Change Delete(ChangeContext change) => OrNothing(change, $"DELETE FROM {change.Table()}{Where(change)}");

    private static Change OrNothing(ChangeContext change, string sql) => change.Made(ChangelogChoice.IsForServer(change.Fields.Text("dbms")) ? [sql] : [], null);

    private static List<(string Name, string? Value)> Columns(ChangeContext change) =>
    [
        .. change.Fields.Elements("column").Select(column =>
        {
            column.Pass("type", "encoding");
            foreach (var file in new[] { "valueClobFile", "valueBlobFile" })
                column.Refuse(file, "Write the value as SQL.");

            return (change.Names.Name(column.Required("name")), ColumnValue.Of(column));
        }),
    ];

    /// <summary>The condition; <c>:name</c> and <c>:value</c> in it stand for the parameters, one after the other.</summary>
    private static string Where(ChangeContext change)
    {
        var where = change.Fields["where"]?.Trim() ?? "";
        foreach (var parameters in change.Fields.Element("whereParams")?.Elements("param") ?? [])
        {
            if (parameters["name"] is { Length: > 0 } name)
                where = ReplaceFirst(where, ":name", change.Names.Name(name));
            where = ReplaceFirst(where, ":value", ColumnValue.Of(parameters) ?? "NULL");
        }

        return where.Length == 0 ? "" : $" WHERE {where}";
    }

    private static string ReplaceFirst(string text, string what, string by) => text.IndexOf(what, StringComparison.Ordinal) is var at and >= 0 ? text[..at] + by + text[(at + what.Length)..] : text;
}
