using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ALTER COLUMN … TYPE that writes the table or its indexes anew, or reads it through.</summary>
internal sealed class ChangingColumnType : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("changing-column-type", "a change of type writes the whole table anew", Severity.Error, RuleSet.Recommended)
    {
        Why = "Unless the old values are stored the same way in the new type, the table and all its indexes are written anew under ACCESS EXCLUSIVE. And where they are, a CHECK of the column reads every row again, and an index on an expression or with a WHERE is built again, under the same lock.",
        Fix = "Add a column of the new type, keep it in step by a trigger, fill it in batches, and swap the names. What takes a moment: a longer or unlimited varchar or varbit, text for varchar, numeric with more digits and the same scale, inet for cidr, more digits of a second.",
        GrowsWithTable = true,
        Peers = ["squawk changing-column-type", "Atlas PG301", "strong_migrations change_column", "eugene E5"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype != "AT_AlterColumnType" || !part.IsLiveTable || part.Definition("ColumnDef") is not { } definition || NewColumns.TypeOf(definition) is not { } to)
                continue;
            if (part.KnownColumn is { } column)
            {
                if (Harm(part, column, to, definition) is { } harm)
                    yield return part.Find(Info, $"reads and writes of {part.TableWords} wait while {harm}");
            }
            else
            {
                // It may be one of the changes that cost nothing.
                yield return part.Find(Info, $"reads and writes of {part.TableWords} wait while it is written anew, unless {to} keeps the values of the old type of {part.Name}, which is not known") with
                {
                    Severity = Severity.Warning,
                };
            }
        }
    }

    private static string? Harm(AlterTablePart part, KnownColumn column, ColumnType to, TreeNode definition)
    {
        var change = $"{column.Name} changes from {column.Type} to {to}";
        if (definition.Node("raw_default") is { } expression && !IsJustTheColumn(expression, column.Name, to))
            return $"it is written anew: {change} by an expression";
        if (TypeChange.DependsOnTimeZone(column.Type, to))
            return $"it is written anew: {change}, which keeps the values only where the session's TimeZone is UTC";
        if (!TypeChange.KeepsRows(column.Type, to))
            return $"it is written anew: {change}";
        var indexes = IndexesBuiltAnew(part, column, to, definition).Select(index => part.Statement.Short(index.Name)).Order(StringComparer.Ordinal).ToList();
        if (indexes.Count > 0)
            return $"{string.Join(", ", indexes)} {(indexes.Count == 1 ? "is" : "are")} built anew: {change}";
        var checks = part.Known!.Constraints.Where(constraint => constraint is { Kind: ConstraintKind.Check, Validated: true } && constraint.Mentions.Contains(column.Name)).Select(constraint => constraint.Name).ToList();
        return checks.Count > 0 ? $"every row is read again for {string.Join(", ", checks)}: {change}" : null;
    }

    /// <summary>USING column, or USING column::type, is what the server does anyway.</summary>
    private static bool IsJustTheColumn(TreeNode expression, string column, ColumnType to)
    {
        var (kind, node) = expression.Unwrap();
        return kind switch
        {
            "ColumnRef" => node.Strings("fields").LastOrDefault() == column,
            "TypeCast" => node.Node("arg") is { } inner && node.Node("typeName") is { } type && ColumnType.Of(type).SameAs(to) && IsJustTheColumn(inner, column, to),
            _ => false,
        };
    }

    /// <summary>Indexes on expressions or with a WHERE count as changed (CheckIndexCompatible in PostgreSQL's indexcmds.c), and so do those of other operators or another collation.</summary>
    private static IEnumerable<KnownIndex> IndexesBuiltAnew(AlterTablePart part, KnownColumn column, ColumnType to, TreeNode definition)
    {
        var others = !TypeChange.KeepsIndexes(column.Type, to) || definition.Node("collClause") is not null;
        return part.Statement.Before.IndexesOf(part.Table).Where(index => index.Mentions.Contains(column.Name) && (others || index.IsPartial || index.Columns.Contains(null)));
    }
}
