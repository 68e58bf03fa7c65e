using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase.Changes;

/// <summary>What a change type needs to become SQL.</summary>
/// <param name="Fields">Its attributes and elements.</param>
/// <param name="Names">How names are quoted.</param>
/// <param name="Files">Reads files that it names, below the folder only.</param>
internal sealed record ChangeContext(ChangeFields Fields, SqlNames Names, ChangelogFiles Files)
{
    /// <summary>A change that is statements made here.</summary>
    /// <param name="up">What applies it.</param>
    /// <param name="down">What undoes it; null when Liquibase has nothing.</param>
    public Change Made(IEnumerable<string> up, IEnumerable<string>? down) =>
        new(Fields.Name, Fields.At, Parts(up), down is null ? null : Parts(down), Fields.Content());

    /// <summary>A change of one statement.</summary>
    public Change Made(string up, string? down = null) => Made([up], down is null ? null : [down]);

    /// <summary>The table of the change, in its schema.</summary>
    public string Table(string name = "tableName", string schema = "schemaName")
    {
        Fields.Pass("catalogName", schema.Replace("Schema", "Catalog", StringComparison.Ordinal));
        return Names.Name(Fields.Text(schema), Fields.Required(name));
    }

    private List<ScriptPart> Parts(IEnumerable<string> statements) => [.. statements.Select(statement => new ScriptPart(statement, Fields.At, IsGenerated: true))];
}
