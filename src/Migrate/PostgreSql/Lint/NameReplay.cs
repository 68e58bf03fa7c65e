using System.Collections.Immutable;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>RENAME, SET SCHEMA and DROP.</summary>
internal static class NameReplay
{
    public static KnownSchema Rename(KnownSchema before, TreeNode node)
    {
        if (node.Node("relation") is not { } relation || node.Text("newname") is not { } to)
            return before;
        var name = QualifiedName.Of(relation, before.DefaultSchema);
        switch (node.Text("renameType"))
        {
            case "OBJECT_TABLE" or "OBJECT_VIEW" or "OBJECT_MATVIEW" or "OBJECT_FOREIGN_TABLE":
                return Call(before, name, QualifiedName.Beside(name, to));
            case "OBJECT_INDEX" when before.Indexes.TryGetValue(name, out var index):
                var renamed = QualifiedName.Beside(name, to);
                return before with { Indexes = before.Indexes.Remove(name).SetItem(renamed, index with { Name = renamed }) };
            case "OBJECT_COLUMN" when node.Text("subname") is { } column:
                return RenameColumn(before, name, column, to);
            case "OBJECT_TABCONSTRAINT" when node.Text("subname") is { } constraint:
                return before.Change(name, table => table with { Constraints = [.. table.Constraints.Select(one => one.Name == constraint ? one with { Name = to } : one)] });
            default:
                return before;
        }
    }

    public static KnownSchema Move(KnownSchema before, TreeNode node)
    {
        if (node.Node("relation") is not { } relation || node.Text("newschema") is not { } schema)
            return before;
        return Call(before, QualifiedName.Of(relation, before.DefaultSchema), SqlName.Of(schema, relation.Text("relname") ?? ""));
    }

    public static KnownSchema Drop(KnownSchema before, TreeNode node)
    {
        var names = node.List("objects").Select(item => QualifiedName.Of(NameParts(item), before.DefaultSchema)).ToList();
        switch (node.Text("removeType"))
        {
            case "OBJECT_TABLE" or "OBJECT_VIEW" or "OBJECT_MATVIEW" or "OBJECT_FOREIGN_TABLE":
                var gone = names.SelectMany(name => before.IndexesOf(name)).Select(index => index.Name).ToList();
                return before with { Tables = before.Tables.RemoveRange(names), Indexes = before.Indexes.RemoveRange(gone) };
            case "OBJECT_INDEX":
                return before with { Indexes = before.Indexes.RemoveRange(names) };
            case "OBJECT_TYPE" or "OBJECT_DOMAIN":
                return before with { Types = before.Types.RemoveRange(names) };
            default:
                return before;
        }
    }

    /// <summary>The parts of a dropped object's name: a list, or a type's name.</summary>
    public static IReadOnlyList<string> NameParts(TreeNode item) =>
        item.Node("List") is { } list ? list.Strings("items") : item.Node("TypeName") is { } type ? type.Strings("names") : [.. new[] { item.Node("String")?.Text("sval") }.OfType<string>()];

    private static KnownSchema Call(KnownSchema before, string name, string to)
    {
        if (before.Table(name) is not { } table)
            return before;
        // Its indexes go along to another schema, and to another name of their table.
        var indexes = before.Indexes;
        foreach (var index in before.IndexesOf(name))
        {
            var own = index.Name[(index.Name.LastIndexOf('.') + 1)..];
            var moved = to[..(to.LastIndexOf('.') + 1)] + own;
            indexes = indexes.Remove(index.Name).SetItem(moved, index with { Name = moved, Table = to });
        }

        var others = before.Tables.Remove(name).Values.Where(other => Names(other, name)).Select(other => KeyValuePair.Create(other.Name, Renamed(other, name, to)));
        return before with { Tables = before.Tables.Remove(name).SetItems(others).SetItem(to, table with { Name = to }), Indexes = indexes };
    }

    /// <summary>Whether a table points at another, whose name changes.</summary>
    private static bool Names(KnownTable table, string other) =>
        table.PartitionOf == other || table.ReadBy.Contains(other) || table.Constraints.Exists(constraint => constraint.References == other);

    private static KnownTable Renamed(KnownTable table, string other, string to) => table with
    {
        PartitionOf = table.PartitionOf == other ? to : table.PartitionOf,
        ReadBy = Renamed(table.ReadBy, other, to),
        Columns = table.Columns.SetItems(table.Columns.Values.Where(column => column.ReadBy.Contains(other)).Select(column => KeyValuePair.Create(column.Name, column with { ReadBy = Renamed(column.ReadBy, other, to) }))),
        Constraints = [.. table.Constraints.Select(constraint => constraint.References == other ? constraint with { References = to } : constraint)],
    };

    private static KnownSchema RenameColumn(KnownSchema before, string table, string column, string to)
    {
        if (before.Table(table) is not { } known || !known.Columns.TryGetValue(column, out var old))
            return before;
        var after = before.With(known with
        {
            Columns = known.Columns.Remove(column).SetItem(to, old with { Name = to }),
            Constraints = [.. known.Constraints.Select(constraint => constraint with { Columns = Renamed(constraint.Columns, column, to), Mentions = Renamed(constraint.Mentions, column, to) })],
            PartitionKey = Renamed(known.PartitionKey, column, to),
        });
        var indexes = before.IndexesOf(table).Where(index => index.Mentions.Contains(column) || index.Columns.Contains(column))
            .Select(index => KeyValuePair.Create(index.Name, index with { Columns = Renamed(index.Columns, column, to), Mentions = Renamed(index.Mentions, column, to) }));
        return after with { Indexes = after.Indexes.SetItems(indexes) };
    }

    private static ImmutableList<T> Renamed<T>(ImmutableList<T> columns, T column, T to) => columns.Contains(column) ? columns.Replace(column, to) : columns;
}
