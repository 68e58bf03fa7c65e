using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>A new column that stands for an old one, or for a part of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Value">Its value over the table's columns.</param>
/// <param name="Default">Its own default; null for none.</param>
internal sealed record NewColumn(string Name, string Type, string Value, string? Default);

/// <summary>
/// The trigger that keeps an old column and what stands for it equal, whichever is written. It compares values instead of asking how deep
/// triggers are nested (pg_trigger_depth), which other triggers of the table change.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="old">The old column.</param>
/// <param name="news">The new ones.</param>
/// <param name="back">The old column's value over the new ones.</param>
internal sealed class SyncTrigger(TableFacts table, ColumnFacts old, IReadOnlyList<NewColumn> news, string back)
{
    /// <summary>What both the function and the trigger are called.</summary>
    public string Name { get; } = LastName(table, $"lk_sync_{table.Name}_{old.Name}");

    /// <summary>The statements that make it.</summary>
    public IReadOnlyList<string> Create => [Function, $"CREATE TRIGGER {SqlName.Of(Name)} BEFORE INSERT OR UPDATE ON {table.Written} FOR EACH ROW EXECUTE FUNCTION {table.Beside(Name)}()"];

    /// <summary>The statements that remove it.</summary>
    public IReadOnlyList<string> Drop => [$"DROP TRIGGER {SqlName.Of(Name)} ON {table.Written}", $"DROP FUNCTION {table.Beside(Name)}()"];

    private string Function
    {
        get
        {
            var columns = table.Columns.Concat(news.Select(column => column.Name)).Append(old.Name).ToHashSet(StringComparer.Ordinal);
            var (oldRow, oldNow) = (Row("NEW", old.Name), SqlExpression.OverRow(back, columns));
            var values = news.Select(column => SqlExpression.OverRow(column.Value, columns)).ToList();
            var agree = string.Join(" AND ", news.Select((column, i) => ValueComparison.Same(column.Type, Row("NEW", column.Name), values[i])));
            // One that is converted back and forth may not come back as it was: each way counts.
            var agreeBack = news.All(column => column.Value == SqlName.Of(old.Name)) ? "" : $"\n        OR {ValueComparison.Same(old.Type, oldRow, oldNow)}";
            var untouched = string.Join(" AND ", news.Select(column => ValueComparison.Same(column.Type, Row("NEW", column.Name), column.Default ?? "NULL")));
            var written = string.Join(" OR ", news.Select(column => ValueComparison.Differ(column.Type, Row("NEW", column.Name), Row("OLD", column.Name))));
            string Forward(int indent) => string.Join($"\n{new string(' ', indent)}", news.Select((column, i) => $"{Row("NEW", column.Name)} := {values[i]};"));
            return $"""
                CREATE FUNCTION {table.Beside(Name)}() RETURNS trigger LANGUAGE plpgsql AS $sync$
                BEGIN
                    IF {agree}{agreeBack} THEN
                        RETURN NEW;
                    END IF;
                    IF TG_OP = 'INSERT' THEN
                        IF {untouched} THEN
                            {Forward(12)}
                        ELSE
                            {oldRow} := {oldNow};
                        END IF;
                    ELSIF {written} THEN
                        {oldRow} := {oldNow};
                    ELSIF {ValueComparison.Differ(old.Type, oldRow, Row("OLD", old.Name))} THEN
                        {Forward(8)}
                    END IF;
                    RETURN NEW;
                END
                $sync$
                """;
        }
    }

    /// <summary>Triggers run in the order of their names, and one that runs after this one could write a column once more.</summary>
    public static string LastName(TableFacts table, string wished)
    {
        var name = table.Free(wished);
        while (table.RowTriggers.Any(other => string.CompareOrdinal(other, name) > 0))
            name = table.Free("z" + name);
        return name;
    }

    private static string Row(string row, string column) => $"{row}.{SqlName.Of(column)}";
}
