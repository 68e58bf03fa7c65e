namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>The order in which people read differences.</summary>
internal static class KindOrder
{
    private static readonly string[] s_kinds =
    [
        "schema", "extension", "enum", "domain", "composite type", "range type", "base type", "collation", "sequence", "foreign data wrapper",
        "server", "table", "foreign table", "column", "constraint", "index", "statistics", "view", "materialized view", "function",
        "procedure", "aggregate", "operator", "operator family", "operator class", "cast", "trigger", "rule", "event trigger", "policy",
        "text search dictionary", "text search configuration", "publication", "grant", "revocation", "default grant", "default revocation",
    ];

    public static int Of(string kind)
    {
        var index = Array.IndexOf(s_kinds, kind);
        return index < 0 ? s_kinds.Length : index;
    }
}
