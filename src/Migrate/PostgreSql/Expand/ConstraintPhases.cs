using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.Expand;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>The files of changes that keep the columns and ask more of their values: NOT NULL, UNIQUE.</summary>
/// <param name="table">The table.</param>
internal sealed class ConstraintPhases(TableFacts table)
{
    private readonly ColumnScript script = new(table);

    /// <summary>A column that takes no NULL any more. Until the contract a check says so, and NULL of the old application becomes a value.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">The value over the other columns; null when nobody writes NULL any more.</param>
    /// <param name="key">The columns of the primary key, where there is a value.</param>
    public IReadOnlyList<PhaseFile> NotNull(ColumnFacts column, string? value, IReadOnlyList<string>? key)
    {
        var (name, quoted) = (SqlName.Of(table.Free($"{table.Name}_{column.Name}_not_null")), SqlName.Of(column.Name));
        var (words, slug) = ($"{table.Written}.{quoted} takes no NULL any more", $"{table.Name}_{column.Name}_not_null".ToLowerInvariant());
        var fill = SqlName.Of(SyncTrigger.LastName(table, $"lk_fill_{table.Name}_{column.Name}"));
        string[] trigger = value is null ? [] :
        [
            $"""
            CREATE FUNCTION {table.Beside(Bare(fill))}() RETURNS trigger LANGUAGE plpgsql AS $fill$
            BEGIN
                IF NEW.{quoted} IS NULL THEN
                    NEW.{quoted} := {SqlExpression.OverRow(value, [.. table.Columns])};
                END IF;
                RETURN NEW;
            END
            $fill$
            """,
            $"CREATE TRIGGER {fill} BEFORE INSERT OR UPDATE ON {table.Written} FOR EACH ROW EXECUTE FUNCTION {table.Beside(Bare(fill))}()",
        ];
        string[] untrigger = value is null ? [] : [$"DROP TRIGGER {fill} ON {table.Written}", $"DROP FUNCTION {table.Beside(Bare(fill))}()"];
        var check = script.Alter($"ADD CONSTRAINT {name} CHECK ({quoted} IS NOT NULL) NOT VALID");
        var validate = script.Alter($"VALIDATE CONSTRAINT {name}");
        return
        [
            new($"expand_{slug}", ColumnScript.File([$"Phase 1 of 3, expand: {words}.", value is null ? "New NULLs are refused from here on." : "A NULL that the old application writes becomes a value."], [.. trigger, check]),
                ColumnScript.File([$"Takes back: {words}."], [script.Alter($"DROP CONSTRAINT {name}"), .. untrigger])),
            new($"backfill_{slug}", ColumnScript.File(
                    ["lk: no-transaction", $"Phase 2 of 3, backfill: {words}."],
                    [.. value is null ? Array.Empty<string>() : [RowFill.Of(key!, $"UPDATE {table.Written} SET {quoted} = {value}", $"{quoted} IS NULL")], validate]),
                ColumnScript.File(["lk: no-transaction", "The values stay; the check holds for new rows only again."], [ColumnScript.Together([script.Alter($"DROP CONSTRAINT IF EXISTS {name}"), check])])),
            new($"contract_{slug}", ColumnScript.File(
                    [$"lk: contract of {SqlName.Of([table.Schema, table.Name, column.Name])}", $"Phase 3 of 3, contract: {words}.", "The check that was validated spares the look at every row."],
                    [.. untrigger, script.Alter($"ALTER COLUMN {quoted} SET NOT NULL"), script.Alter($"DROP CONSTRAINT {name}")]),
                ColumnScript.File(["lk: no-transaction", "Back to the check."], [ColumnScript.Together([script.Alter($"ALTER COLUMN {quoted} DROP NOT NULL"), check, .. trigger]), validate])),
        ];
    }

    /// <summary>Columns whose values are unique from now on. The index enforces it at once; there is no old form that a gate could wait for.</summary>
    public IReadOnlyList<PhaseFile> Unique(IReadOnlyList<string> columns)
    {
        var bare = table.Free($"{table.Name}_{string.Join('_', columns)}_key");
        var (name, back) = (SqlName.Of(bare), SqlName.Of(table.Free($"{bare}_back")));
        var (list, slug) = (string.Join(", ", columns.Select(SqlName.Of)), $"{table.Name}_{string.Join('_', columns)}_unique".ToLowerInvariant());
        var words = $"({list}) of {table.Written} is unique";
        return
        [
            new($"expand_{slug}", ColumnScript.File(["lk: no-transaction", $"Phase 1 of 2, expand: {words}.", "The server names the values that are there twice, and the index is built again at the next run."], [$"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table.Written} ({list})"]),
                ColumnScript.File(["lk: no-transaction", $"Takes back: {words}."], [$"DROP INDEX CONCURRENTLY IF EXISTS {table.Beside(bare)}"])),
            new($"constrain_{slug}", ColumnScript.File([$"Phase 2 of 2: {words}.", "The constraint takes the index over."], [script.Alter($"ADD CONSTRAINT {name} UNIQUE USING INDEX {name}")]),
                ColumnScript.File(
                    ["lk: no-transaction", "The index goes with its constraint, so another one is built first."],
                    [$"CREATE UNIQUE INDEX CONCURRENTLY {back} ON {table.Written} ({list})", ColumnScript.Together([script.Alter($"DROP CONSTRAINT {name}"), $"ALTER INDEX {table.Beside(Bare(back))} RENAME TO {name}"])])),
        ];
    }

    private static string Bare(string quoted) => quoted.StartsWith('"') ? quoted[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : quoted;
}
