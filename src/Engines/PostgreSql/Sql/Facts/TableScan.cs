using System.Text.Json;

namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Whether a part of ALTER TABLE reads or rewrites the whole table, as far as the text tells.</summary>
internal static class TableScan
{
    /// <summary>Functions of PostgreSQL's own that are not volatile, so that a default of them is computed once and kept in the catalog
    /// (PostgreSQL 11). Any other function counts as volatile.</summary>
    internal static readonly IReadOnlySet<string> NotVolatile = new HashSet<string>(StringComparer.Ordinal)
    {
        "now", "transaction_timestamp", "statement_timestamp", "current_setting", "current_schema", "date_trunc", "date_part", "timezone",
        "to_timestamp", "to_date", "to_char", "to_number", "make_date", "make_interval", "make_time", "make_timestamp", "make_timestamptz",
        "lower", "upper", "initcap", "btrim", "ltrim", "rtrim", "left", "right", "substring", "replace", "concat", "concat_ws", "format",
        "md5", "sha256", "encode", "decode", "repeat", "length", "abs", "round", "floor", "ceil", "trunc", "mod", "power",
        "jsonb_build_object", "jsonb_build_array", "json_build_object", "json_build_array", "to_json", "to_jsonb", "array_fill",
        "string_to_array", "int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange", "to_tsvector", "point", "box",
    };

    public static bool IsNeededBy(JsonElement command) => command.Text("subtype") switch
    {
        "AT_AlterColumnType" or "AT_SetNotNull" or "AT_ValidateConstraint" or "AT_SetLogged" or "AT_SetUnLogged" or "AT_SetTableSpace"
            or "AT_SetAccessMethod" or "AT_SetExpression" or "AT_AttachPartition" => true,
        "AT_AddConstraint" => command.Node("def")?.Node("Constraint") is { } constraint && IsChecked(constraint),
        "AT_AddColumn" => command.Node("def")?.Node("ColumnDef") is { } column && NewColumnFillsRows(column),
        _ => false,
    };

    private static bool IsChecked(JsonElement constraint) => constraint.Text("contype") switch
    {
        "CONSTR_CHECK" or "CONSTR_FOREIGN" or "CONSTR_NOTNULL" => !constraint.Is("skip_validation"),

        // UNIQUE USING INDEX only renames; PRIMARY KEY USING INDEX looks for NULLs unless each column is NOT NULL already.
        "CONSTR_UNIQUE" => constraint.Text("indexname") is null,
        "CONSTR_PRIMARY" or "CONSTR_EXCLUSION" => true,
        _ => false,
    };

    private static bool NewColumnFillsRows(JsonElement column)
    {
        if (column.Node("typeName")?.Strings("names") is [.., "serial" or "bigserial" or "smallserial" or "serial4" or "serial8" or "serial2"])
            return true;
        var constraints = column.List("constraints", "Constraint").ToList();
        var hasDefault = constraints.Any(constraint =>
            constraint.Text("contype") == "CONSTR_DEFAULT" && constraint.Node("raw_expr") is { } value && !Constant.IsNull(value));
        return constraints.Any(constraint => constraint.Text("contype") switch
        {
            "CONSTR_DEFAULT" => constraint.Node("raw_expr") is { } value && IsVolatile(value),
            "CONSTR_IDENTITY" or "CONSTR_GENERATED" or "CONSTR_UNIQUE" or "CONSTR_PRIMARY" or "CONSTR_CHECK" => true,

            // Without a default every value is NULL, which needs no check against the other table.
            "CONSTR_FOREIGN" => hasDefault,
            _ => false,
        });
    }

    private static bool IsVolatile(JsonElement expression)
    {
        var (kind, node) = expression.Unwrap();
        return new QueryTree(kind, node).Calls.Any(call => !NotVolatile.Contains(call.Strings("funcname").LastOrDefault() ?? ""));
    }
}
