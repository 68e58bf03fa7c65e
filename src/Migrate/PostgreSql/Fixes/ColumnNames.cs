using System.Text.Json;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>The columns that an expression names.</summary>
internal static class ColumnNames
{
    /// <summary>Their own names, without table or schema, at any depth.</summary>
    public static IEnumerable<string> In(JsonElement node)
    {
        if (node.ValueKind is JsonValueKind.Array)
            return node.EnumerateArray().SelectMany(In);
        if (node.ValueKind is not JsonValueKind.Object)
            return [];
        return node.EnumerateObject().SelectMany(property => property.NameEquals("ColumnRef"u8) ? property.Value.Strings("fields").TakeLast(1) : In(property.Value));
    }
}
