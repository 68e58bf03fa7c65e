namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Whether an expression has to be computed for each row anew, as far as the text tells.</summary>
public static class Volatility
{
    /// <summary>Functions of PostgreSQL's own that are stable or immutable (pg_proc.provolatile), so that a default of them is computed
    /// once and kept in the catalog (PostgreSQL 11). Any other function counts as volatile.</summary>
    internal static readonly HashSet<string> NotVolatile = new(StringComparer.Ordinal)
    {
        "now", "transaction_timestamp", "statement_timestamp", "current_setting", "current_schema", "current_database", "txid_current",
        "pg_current_xact_id", "date", "date_trunc", "date_part", "date_bin", "timezone", "to_timestamp", "to_date", "to_char", "to_number",
        "make_date", "make_interval", "make_time", "make_timestamp", "make_timestamptz", "extract",
        "lower", "upper", "initcap", "btrim", "ltrim", "rtrim", "lpad", "rpad", "left", "right", "substring", "substr", "replace", "translate",
        "split_part", "concat", "concat_ws", "format", "md5", "sha256", "encode", "decode", "repeat", "reverse", "chr", "length",
        "abs", "round", "floor", "ceil", "ceiling", "trunc", "mod", "power", "sqrt", "sign",
        "jsonb_build_object", "jsonb_build_array", "json_build_object", "json_build_array", "to_json", "to_jsonb", "jsonb_set", "array_fill",
        "string_to_array", "int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange", "to_tsvector", "point", "box",
    };

    /// <summary>Functions of PostgreSQL's own, and of the extensions that make keys, that are known to be volatile.</summary>
    private static readonly HashSet<string> KnownVolatile = new(StringComparer.Ordinal)
    {
        "random", "random_normal", "clock_timestamp", "timeofday", "nextval", "gen_random_uuid", "uuidv4", "uuidv7", "setval", "currval", "lastval",
        "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "gen_random_bytes", "gen_salt",
    };

    /// <summary>Whether it may call a volatile function.</summary>
    /// <param name="expression">An expression in its wrapper.</param>
    public static bool IsVolatile(TreeNode expression) => FirstVolatileCall(expression) is not null;

    /// <summary>The name of a function in it that is volatile, or that nothing is known of; null when there is none.</summary>
    /// <param name="expression">An expression in its wrapper.</param>
    public static string? FirstVolatileCall(TreeNode expression)
    {
        var (kind, node) = expression.Unwrap();
        return new QueryTree(kind, node).Calls.Select(call => call.Strings("funcname")).Where(name => !IsOneOf(NotVolatile, name)).Select(SqlName.Of).FirstOrDefault();
    }

    /// <summary>Whether a function is known to be volatile, rather than not known at all.</summary>
    /// <param name="function">Its name as <see cref="FirstVolatileCall"/> gives it.</param>
    public static bool IsKnownVolatile(string function) => KnownVolatile.Contains(function[(function.LastIndexOf('.') + 1)..]);

    /// <summary>A function of another schema is another function.</summary>
    private static bool IsOneOf(HashSet<string> functions, IReadOnlyList<string> name) => (name.Count == 1 || name is ["pg_catalog", _]) && functions.Contains(name[^1]);
}
