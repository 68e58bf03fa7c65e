using System.Text.Json;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>The text constants of a statement, at any depth.</summary>
internal static class TextConstants
{
    /// <param name="root">The statement's node.</param>
    /// <returns>The A_Const nodes that hold text, in the order of the tree.</returns>
    public static IEnumerable<JsonElement> Of(JsonElement root)
    {
        var open = new Stack<JsonElement>([root]);
        while (open.TryPop(out var node))
        {
            if (node.ValueKind is JsonValueKind.Array)
            {
                foreach (var item in node.EnumerateArray().Reverse())
                    open.Push(item);
            }
            else if (node.ValueKind is JsonValueKind.Object)
            {
                if (node.TryGetProperty("A_Const", out var constant) && constant.TryGetProperty("sval", out _))
                    yield return constant;
                foreach (var property in node.EnumerateObject().Reverse())
                    open.Push(property.Value);
            }
        }
    }
}
