namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>What a snapshot covers. System schemas, temporary objects and what extensions own are never covered.</summary>
public sealed record SchemaScope
{
    /// <summary>Everything but Lockkeeper's own schema.</summary>
    public static SchemaScope Default { get; } = new();

    /// <summary>The names, unquoted, of schemas that are left out; by default <c>lockkeeper</c>.</summary>
    public IReadOnlyList<string> ExcludedSchemas { get; init; } = ["lockkeeper"];
}
