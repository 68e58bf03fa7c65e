using System.Collections.Immutable;
using System.Text.Json;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>The columns that an expression or a query names, whichever table they are of.</summary>
/// <param name="Names">Their own names.</param>
/// <param name="HasStar">Whether <c>*</c> takes in others.</param>
internal sealed record ExpressionColumns(ImmutableList<string> Names, bool HasStar)
{
    /// <summary>Whether a column may be among them.</summary>
    public bool MayName(string column) => HasStar || Names.Contains(column);

    /// <summary>Looks through a tree.</summary>
    public static ExpressionColumns Of(JsonElement root)
    {
        var (names, hasStar) = (new HashSet<string>(StringComparer.Ordinal), false);
        var open = new Stack<JsonElement>();
        open.Push(root);
        while (open.TryPop(out var next))
        {
            if (next.ValueKind is JsonValueKind.Array)
            {
                foreach (var item in next.EnumerateArray())
                    open.Push(item);
                continue;
            }

            foreach (var property in next.EnumerateObject())
            {
                if (property.NameEquals("ColumnRef"u8))
                {
                    hasStar |= property.Value.List("fields", "A_Star").Any();
                    if (property.Value.Strings("fields").LastOrDefault() is { } name)
                        names.Add(name);
                }
                else if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                {
                    open.Push(property.Value);
                }
            }
        }

        return new ExpressionColumns([.. names.Order(StringComparer.Ordinal)], hasStar);
    }
}
