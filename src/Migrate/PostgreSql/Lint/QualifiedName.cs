using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Full names of objects: always with a schema, quoted where SQL needs it.</summary>
internal static class QualifiedName
{
    /// <summary>The relation that a RangeVar names.</summary>
    public static string Of(TreeNode rangeVar, string defaultSchema) =>
        SqlName.Of(rangeVar.Text("schemaname") ?? defaultSchema, rangeVar.Text("relname") ?? "");

    /// <summary>A name as <see cref="StatementFacts"/> has it, with or without a schema.</summary>
    public static string Full(string written, string defaultSchema) => SchemaPart(written).Length > 0 ? written : $"{SqlName.Of(defaultSchema)}.{written}";

    /// <summary>A name given as a list of its parts.</summary>
    public static string Of(IReadOnlyList<string> parts, string defaultSchema) => parts switch
    {
        [] => "",
        [var name] => SqlName.Of(defaultSchema, name),
        _ => SqlName.Of(parts[^2], parts[^1]),
    };

    /// <summary>Another object in the schema of a relation: an index is in its table's.</summary>
    /// <param name="relation">The relation's full name.</param>
    /// <param name="name">The other's own name, as the tree has it.</param>
    public static string Beside(string relation, string name) => SchemaPart(relation) + SqlName.Of(name);

    /// <summary>The schema of a full name with its dot.</summary>
    private static string SchemaPart(string relation)
    {
        var dot = relation.StartsWith('"') ? relation.IndexOf("\".", StringComparison.Ordinal) + 1 : relation.IndexOf('.', StringComparison.Ordinal);
        return dot <= 0 ? "" : relation[..(dot + 1)];
    }
}
