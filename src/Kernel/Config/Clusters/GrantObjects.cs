namespace Lockkeeper.Kernel.Config.Clusters;

/// <summary>The words for kinds of objects in declarations, and the privileges that there are on them (PostgreSQL's documentation, table 5.2).</summary>
public static class GrantObjects
{
    /// <summary>The words, in the order of <see cref="GrantObject"/>.</summary>
    public static IReadOnlyList<string> Words { get; } = ["database", "schemas", "tables", "sequences", "functions", "types", "languages", "foreign-data-wrappers", "foreign-servers", "large-objects"];

    /// <summary>The kinds, in the order of <see cref="Words"/>.</summary>
    public static IReadOnlyList<GrantObject> All { get; } = Enum.GetValues<GrantObject>();

    /// <summary>The word of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public static string Word(GrantObject kind) => Words[(int)kind];

    /// <summary>The privileges on a kind of objects, in upper case. <c>MAINTAIN</c> is there since PostgreSQL 17.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="columns">Whether on columns of tables and not on tables.</param>
    public static IReadOnlyList<string> Privileges(GrantObject kind, bool columns) => kind switch
    {
        GrantObject.Database => ["CREATE", "CONNECT", "TEMPORARY"],
        GrantObject.Schemas => ["CREATE", "USAGE"],
        GrantObject.Tables when columns => ["SELECT", "INSERT", "UPDATE", "REFERENCES"],
        GrantObject.Tables => ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"],
        GrantObject.Sequences => ["SELECT", "UPDATE", "USAGE"],
        GrantObject.Functions => ["EXECUTE"],
        GrantObject.LargeObjects => ["SELECT", "UPDATE"],
        _ => ["USAGE"],
    };
}
