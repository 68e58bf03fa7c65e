namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>Which object another one is a part of.</summary>
internal static class Parent
{
    /// <summary>Whether parts can hang on such an object. A schema is not one: a table in a new schema stands for itself.</summary>
    public static bool CanBe(SchemaObject item) =>
        item.Kind is not ("constraint" or "index" or "trigger" or "policy" or "rule" or "statistics" or "grant" or "revocation" or "operator class");

    /// <summary>The identity of what the object is a part of; null for what stands by itself.</summary>
    public static string? Of(SchemaObject item) => item.Kind switch
    {
        "column" or "constraint" or "trigger" or "policy" or "rule" => Split(item.Identity).Qualifier,
        "index" or "statistics" => item["table"],
        "sequence" => item["owned by"],
        "grant" or "revocation" => On(item),
        _ => null,
    };

    /// <summary>Cuts a qualified name before its last part.</summary>
    public static (string? Qualifier, string Name) Split(string identity)
    {
        var dot = -1;
        for (var at = 0; at < identity.Length; at = ExpressionText.EndOfToken(identity, at))
            if (identity[at] == '.') dot = at;

        return dot < 0 ? (null, identity) : (identity[..dot], identity[(dot + 1)..]);
    }

    // "materialized view public.x": the kind is the words that are there before the name, and no kind has a dot or quote.
    private static string? On(SchemaObject item)
    {
        if (item["on"] is not { } on) return null;
        var kind = s_grantable.FirstOrDefault(kind => on.StartsWith(kind + " ", StringComparison.Ordinal));
        return kind is null ? null : on[(kind.Length + 1)..];
    }

    private static readonly string[] s_grantable =
    [
        "table", "column", "view", "materialized view", "foreign table", "sequence", "function", "procedure", "aggregate", "schema", "enum",
        "domain", "composite type", "range type", "base type", "foreign data wrapper", "server",
    ];
}
