namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Whether a part of ALTER TABLE reads or rewrites the whole table, as far as the text tells.</summary>
internal static class TableScan
{
    public static bool IsNeededBy(TreeNode command) => command.Text("subtype") switch
    {
        "AT_AlterColumnType" or "AT_SetNotNull" or "AT_ValidateConstraint" or "AT_SetLogged" or "AT_SetUnLogged" or "AT_SetTableSpace"
            or "AT_SetAccessMethod" or "AT_SetExpression" or "AT_AttachPartition" => true,
        "AT_AddConstraint" => command.Node("def")?.Node("Constraint") is { } constraint && IsChecked(constraint),
        "AT_AddColumn" => command.Node("def")?.Node("ColumnDef") is { } column && NewColumnFillsRows(column),
        _ => false,
    };

    private static bool IsChecked(TreeNode constraint) => constraint.Text("contype") switch
    {
        "CONSTR_CHECK" or "CONSTR_FOREIGN" or "CONSTR_NOTNULL" => !constraint.Is("skip_validation"),

        // UNIQUE USING INDEX only renames; PRIMARY KEY USING INDEX looks for NULLs unless each column is NOT NULL already.
        "CONSTR_UNIQUE" => constraint.Text("indexname") is null,
        "CONSTR_PRIMARY" or "CONSTR_EXCLUSION" => true,
        _ => false,
    };

    private static bool NewColumnFillsRows(TreeNode column)
    {
        if (column.Node("typeName")?.Strings("names") is [.., "serial" or "bigserial" or "smallserial" or "serial4" or "serial8" or "serial2"])
            return true;
        var constraints = column.List("constraints", "Constraint").ToList();
        var hasDefault = constraints.Any(constraint =>
            constraint.Text("contype") == "CONSTR_DEFAULT" && constraint.Node("raw_expr") is { } value && !Constant.IsNull(value));
        return constraints.Any(constraint => constraint.Text("contype") switch
        {
            "CONSTR_DEFAULT" => constraint.Node("raw_expr") is { } value && Volatility.IsVolatile(value),
            "CONSTR_IDENTITY" or "CONSTR_GENERATED" or "CONSTR_UNIQUE" or "CONSTR_PRIMARY" or "CONSTR_CHECK" => true,

            // Without a default every value is NULL, which needs no check against the other table.
            "CONSTR_FOREIGN" => hasDefault,
            _ => false,
        });
    }
}
