using System.Collections.Immutable;
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
    public static ExpressionColumns Of(TreeNode root)
    {
        var (names, hasStar) = (new HashSet<string>(StringComparer.Ordinal), false);
        var open = new Stack<TreeNode>();
        open.Push(root);
        while (open.TryPop(out var next))
        {
            foreach (var field in next.Fields)
            {
                if (field.Node is not { } inner)
                {
                    foreach (var item in field.Items)
                        open.Push(item);
                }
                else if (inner.Name == "ColumnRef")
                {
                    hasStar |= inner.List("fields", "A_Star").Length > 0;
                    if (inner.Strings("fields").LastOrDefault() is { } name)
                        names.Add(name);
                }
                else
                {
                    open.Push(inner);
                }
            }
        }

        return new ExpressionColumns([.. names.Order(StringComparer.Ordinal)], hasStar);
    }
}
