namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>What a snapshot covers. System schemas, temporary objects and what extensions own are never covered.</summary>
public sealed record SchemaScope
{
    /// <summary>Everything but Lockkeeper's own schema.</summary>
    public static SchemaScope Default { get; } = new();

    /// <summary>The name, unquoted, of the one schema that is covered; null for all. What belongs to no schema, such as extensions, is then left out.</summary>
    public string? OnlySchema { get; init; }

    /// <summary>One schema.</summary>
    /// <param name="schema">Its name, unquoted.</param>
    public static SchemaScope Of(string schema) => new() { OnlySchema = schema, ExcludedSchemas = [] };

    /// <summary>The names, unquoted, of schemas that are left out; by default <c>lockkeeper</c>.</summary>
    public IReadOnlyList<string> ExcludedSchemas { get; init; } = ["lockkeeper"];
}
