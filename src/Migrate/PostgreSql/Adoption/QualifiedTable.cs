using Lockkeeper.Engines.PostgreSql.Connections;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>A table by schema and name as the catalog has them.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="Name">The name.</param>
internal sealed record QualifiedTable(string Schema, string Name)
{
    /// <summary>Both, quoted for SQL.</summary>
    public string Sql => SqlText.Qualified(Schema, Name);

    /// <summary>Another table in the same schema, quoted for SQL.</summary>
    public string Beside(string name) => SqlText.Qualified(Schema, name);

    /// <summary>As a message says it.</summary>
    public override string ToString() => $"{Schema}.{Name}";
}
