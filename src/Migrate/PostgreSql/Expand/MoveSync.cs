using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>
/// The triggers that keep columns and the table that they move to equal, whichever is written. Each writes the other side only where that differs, which ends the chain, and reads its own row anew:
/// another trigger may have written it again in the meantime. A row of the new table that is not there stands for NULLs.
/// </summary>
/// <param name="move">What moves where.</param>
internal sealed class MoveSync(TableMove move)
{
    private readonly string outName = move.From.Free($"lk_sync_{move.From.Name}_{move.To.Name}");
    private readonly string backName = move.To.Free($"lk_sync_{move.To.Name}_{move.From.Name}_back");
    private readonly string yieldName = move.To.Free($"lk_yield_{move.To.Name}");

    private TableFacts From => move.From;

    private TableFacts To => move.To;

    /// <summary>Whether a row of the old table that nobody gave values to has some all the same.</summary>
    private bool HasDefaults => move.Columns.Any(column => column.Default is not null);

    private string Names => string.Join(", ", move.Columns.Select(column => SqlName.Of(column.Name)));

    private string KeyNames => string.Join(", ", move.Key.Select(column => SqlName.Of(column.Name)));

    private string Differs => string.Join(" OR ", move.Columns.Select(Differ));

    private string SomeValue => Values.OfSome("was", move.Columns);

    /// <summary>The statements that make them, the one over the old table last.</summary>
    public IEnumerable<string> Create =>
    [
        Function(To, backName, $"""
                IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ({string.Join(" OR ", move.Key.Select(column => ValueComparison.Differ(column.Type, Row("OLD", column), Row("NEW", column))))})) THEN
                    UPDATE {Mark} {From.Written} was SET {Sets(column => "NULL")}
                    WHERE {Key("was", "OLD")} AND ({SomeValue}) AND NOT EXISTS (SELECT FROM {To.Written} made WHERE {Key("made", "was")});
                END IF;
                IF TG_OP <> 'DELETE' THEN
                    UPDATE {Mark} {From.Written} was SET {Sets(column => Row("made", column))} FROM {To.Written} made
                    WHERE {Key("made", "NEW")} AND {Key("was", "made")} AND ({Differs});
                END IF;
                RETURN NULL;
            """),
        $"CREATE TRIGGER {SqlName.Of(backName)} AFTER INSERT OR UPDATE OR DELETE ON {To.Written} FOR EACH ROW EXECUTE FUNCTION {To.Beside(backName)}()",
        .. HasDefaults ? Yielding : [],
        Function(From, outName, $"""
                UPDATE {Mark} {To.Written} made SET {Sets(column => $"CASE WHEN {IsWritten(column)} THEN {Row("was", column)} ELSE {Row("made", column)} END")} FROM {From.Written} was
                WHERE {Key("was", "NEW")} AND {Key("made", "was")} AND ({string.Join(" OR ", move.Columns.Select(column => $"({IsWritten(column)} AND {Differ(column)})"))});
                IF NOT FOUND THEN
                    INSERT {Mark} INTO {To.Written} ({KeyNames}, {Names}) SELECT {Of("was", move.Key)}, {Of("was", move.Columns)} FROM {From.Written} was
                    WHERE {Key("was", "NEW")} AND ({SomeValue}) AND NOT EXISTS (SELECT FROM {To.Written} made WHERE {Key("made", "was")})
                    ON CONFLICT ({KeyNames}) DO UPDATE SET {Sets(column => Row("excluded", column))};
                END IF;
                RETURN NULL;
            """),
        $"CREATE TRIGGER {SqlName.Of(outName)} AFTER INSERT OR UPDATE ON {From.Written} FOR EACH ROW EXECUTE FUNCTION {From.Beside(outName)}()",
    ];

    /// <summary>The statements that remove them.</summary>
    public IEnumerable<string> Drop =>
    [
        $"DROP TRIGGER {SqlName.Of(outName)} ON {From.Written}", $"DROP FUNCTION {From.Beside(outName)}()",
        $"DROP TRIGGER {SqlName.Of(backName)} ON {To.Written}", $"DROP FUNCTION {To.Beside(backName)}()",
        .. HasDefaults ? [$"DROP TRIGGER {SqlName.Of(yieldName)} ON {To.Written}", $"DROP FUNCTION {To.Beside(yieldName)}()"] : Array.Empty<string>(),
    ];

    /// <summary>
    /// An INSERT into the old table that leaves the columns to their defaults makes a row of the new one. When the new application then inserts that row itself, it must not meet it.
    /// </summary>
    private IReadOnlyList<string> Yielding =>
    [
        Function(To, yieldName, $"""
                DELETE {Mark} FROM {To.Written} made
                WHERE {Key("made", "NEW")} AND {string.Join(" AND ", move.Columns.Select(column => ValueComparison.Same(column.Type, Row("made", column), column.Default ?? "NULL")))};
                RETURN NEW;
            """),
        $"CREATE TRIGGER {SqlName.Of(yieldName)} BEFORE INSERT ON {To.Written} FOR EACH ROW EXECUTE FUNCTION {To.Beside(yieldName)}()",
    ];

    /// <summary>By this a contract's gate tells these statements from those of an application.</summary>
    private static string Mark => ColumnUseReader.SyncMark;

    /// <summary>The tables are those of the schema that the file ran in, whichever search path the application has.</summary>
    private static string Function(TableFacts table, string name, string body) =>
        $"CREATE FUNCTION {table.Beside(name)}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $sync$\nBEGIN\n{body}\nEND\n$sync$";

    private static string Differ(ColumnFacts column) => ValueComparison.Differ(column.Type, Row("made", column), Row("was", column));

    /// <summary>
    /// What was not written into the old table must not go over what the new one has: on the way back its columns are there before they have their values, and one statement may insert both rows (WITH … INSERT),
    /// whose triggers run after that.
    /// </summary>
    private static string IsWritten(ColumnFacts column) =>
        $"CASE TG_OP WHEN 'INSERT' THEN NOT ({ValueComparison.Same(column.Type, Row("NEW", column), column.Default ?? "NULL")}) ELSE {ValueComparison.Differ(column.Type, Row("NEW", column), Row("OLD", column))} END";

    private static string Row(string row, ColumnFacts column) => $"{row}.{SqlName.Of(column.Name)}";

    private static string Of(string row, IEnumerable<ColumnFacts> columns) => string.Join(", ", columns.Select(column => Row(row, column)));

    private string Key(string one, string other) => string.Join(" AND ", move.Key.Select(column => $"{Row(one, column)} = {Row(other, column)}"));

    private string Sets(Func<ColumnFacts, string> value) => string.Join(", ", move.Columns.Select(column => $"{SqlName.Of(column.Name)} = {value(column)}"));
}

/// <summary>Conditions over several columns.</summary>
internal static class Values
{
    /// <summary>One of the columns has a value.</summary>
    public static string OfSome(string? row, IEnumerable<ColumnFacts> columns) =>
        string.Join(" OR ", columns.Select(column => $"{(row is null ? "" : row + ".")}{SqlName.Of(column.Name)} IS NOT NULL"));
}
