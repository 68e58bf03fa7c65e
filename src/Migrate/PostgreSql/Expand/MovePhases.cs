using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.Expand;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>The files of the three phases of columns that move to a table of their own.</summary>
/// <param name="move">What moves where.</param>
internal sealed class MovePhases(TableMove move)
{
    private readonly ColumnScript from = new(move.From);
    private readonly ColumnScript to = new(move.To);
    private readonly MoveSync sync = new(move);

    private TableFacts From => move.From;

    private TableFacts To => move.To;

    private string Words => $"{string.Join(", ", move.Columns.Select(column => SqlName.Of(column.Name)))} of {From.Written} {(move.Columns.Count == 1 ? "moves" : "move")} to {To.Written}";

    /// <summary>Columns that take no NULL: a row whose values stand in the other table only has to be possible.</summary>
    private IEnumerable<ColumnFacts> Required => move.Columns.Where(column => column.NotNull);

    /// <summary>The files.</summary>
    public IReadOnlyList<PhaseFile> Files
    {
        get
        {
            var slug = ExpandChecks.Slug($"{From.Name}_to_{To.Name}");
            return
            [
                new($"expand_{slug}",
                    ColumnScript.File([$"Phase 1 of 3, expand: {Words}.", "Old and new applications may write from here on: triggers keep both equal, whichever is written."], Expand),
                    ColumnScript.File([.. Required.Any() ? ["lk: no-transaction"] : Array.Empty<string>(), $"Takes back: {Words}."], ExpandBack)),
                new($"backfill_{slug}",
                    ColumnScript.File(["lk: no-transaction", $"Phase 2 of 3, backfill: {Words}.", "Each row that was there before is written once as it is: the trigger makes its row of the new table."], [Fill]),
                    ColumnScript.File(["The rows stay; they go with the table."], ["SELECT 1"])),
                new($"contract_{slug}",
                    ColumnScript.File(
                        [
                            $"lk: contract of {string.Join(", ", move.Columns.Select(column => SqlName.Of([From.Schema, From.Name, column.Name])))}", $"lk: allow-file ban-drop-column{(move.View is null ? "" : ", ban-drop-view")}: the gate holds this file until nothing uses the old columns",
                            $"Phase 3 of 3, contract: {Words}.", "From here on there is only the new form.",
                        ],
                        [.. move.View?.Drop ?? [], .. sync.Drop, from.Alter(string.Join(", ", move.Columns.Select(column => $"DROP COLUMN {SqlName.Of(column.Name)}")))]),
                    ColumnScript.File(["lk: no-transaction", "Makes the columns again beside the new table, and fills them."], ContractBack)),
            ];
        }
    }

    private IEnumerable<string> Expand =>
    [
        NewTable,
        .. move.Columns.SelectMany(to.Settings),
        .. move.Pairs.SelectMany(pair => Made(pair)),
        .. From.Grants.Where(grant => grant.Privilege is not "MAINTAIN").Select(grant => ColumnScript.Grant(grant, grant.Privilege, To.Written)),
        .. Required.Any() ? [from.Alter(string.Join(", ", Required.Select(column => $"ALTER COLUMN {SqlName.Of(column.Name)} DROP NOT NULL")))] : Array.Empty<string>(),
        .. sync.Create,
        .. move.View?.Create ?? [],
    ];

    private string NewTable
    {
        get
        {
            var (tab, key) = ("\n    ", string.Join(", ", move.Key.Select(column => SqlName.Of(column.Name))));
            var columns = move.Key.Select(column => $"{ColumnScript.Typed(column)} NOT NULL")
                .Concat(move.Columns.Select(column => $"{ColumnScript.Typed(column)}{(column.Default is { } value ? $" DEFAULT {value}" : "")}{(column.NotNull ? " NOT NULL" : "")}"));
            return $"CREATE TABLE {To.Written} ({tab}{string.Join($",{tab}", columns)},{tab}CONSTRAINT {SqlName.Of(move.KeyName)} PRIMARY KEY ({key}),"
                + $"{tab}CONSTRAINT {SqlName.Of(move.TieName)} FOREIGN KEY ({key}) REFERENCES {From.Written} ({key}) ON UPDATE CASCADE ON DELETE CASCADE\n)";
        }
    }

    private IEnumerable<string> ExpandBack =>
    [
        ColumnScript.Together([.. move.View?.Drop ?? [], .. sync.Drop, $"DROP TABLE {To.Written}"]),
        .. Required.SelectMany(column => from.NotNull(column.Name)),
    ];

    private string Fill
    {
        get
        {
            var column = SqlName.Of(move.Columns[0].Name);
            var key = string.Join(" AND ", move.Key.Select(part => $"made.{SqlName.Of(part.Name)} = {From.Written}.{SqlName.Of(part.Name)}"));
            return RowFill.Of(From.Key, $"UPDATE {From.Written} SET {column} = {column}", $"({Values.OfSome(null, move.Columns)}) AND NOT EXISTS (SELECT FROM {To.Written} made WHERE {key})");
        }
    }

    private IEnumerable<string> ContractBack
    {
        get
        {
            yield return ColumnScript.Together([.. move.Columns.SelectMany(from.Add), .. sync.Create, .. move.View?.Create ?? []]);
            var (sets, differs) = (string.Join(", ", move.Columns.Select(column => $"{SqlName.Of(column.Name)} = made.{SqlName.Of(column.Name)}")),
                string.Join(" OR ", move.Columns.Select(column => ValueComparison.Differ(column.Type, $"{From.Written}.{SqlName.Of(column.Name)}", $"made.{SqlName.Of(column.Name)}"))));
            var key = string.Join(" AND ", move.Key.Select(part => $"made.{SqlName.Of(part.Name)} = {From.Written}.{SqlName.Of(part.Name)}"));
            yield return RowFill.Of(From.Key, $"UPDATE {From.Written} SET {sets} FROM {To.Written} made", $"{key} AND ({differs})");
            foreach (var statement in move.Pairs.Select(pair => pair.Old).Concat(move.Lost).OrderBy(made => made.Kind).SelectMany(made => from.Make(made, made.Name)))
                yield return statement;
        }
    }

    /// <summary>An index or constraint over the new table, which is empty.</summary>
    private IEnumerable<string> Made(DependentPair pair)
    {
        var (made, name) = (pair.New, SqlName.Of(pair.Name));
        yield return made.Kind == DependentKind.Index ? ColumnScript.IndexOf(made, made.Definition, pair.Name) : to.Alter($"ADD CONSTRAINT {name} {made.Definition}");
        if (made.Comment is { } comment)
            yield return $"COMMENT ON {(made.Kind == DependentKind.Index ? $"INDEX {To.Beside(pair.Name)}" : $"CONSTRAINT {name} ON {To.Written}")} IS {SqlText.Literal(comment)}";
    }
}
