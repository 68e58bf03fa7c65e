namespace Lockkeeper.Migrate.Adoption;

/// <summary>A history table of another tool that was found in a target.</summary>
/// <param name="Tool">Whose it is.</param>
/// <param name="Schema">The table's schema.</param>
/// <param name="Table">The table's name.</param>
/// <param name="MissingPrivileges">What the target's role may not do with the table, of SELECT, INSERT, UPDATE and DELETE.</param>
/// <param name="Own">What belongs to the tool and not to the migrations, as the engine names it in a schema: its tables, or its schema.</param>
internal sealed record FoundHistory(IForeignTool Tool, string Schema, string Table, IReadOnlyList<string> MissingPrivileges, IReadOnlyList<string> Own)
{
    /// <summary>As a message says it.</summary>
    public string Words => $"{Tool.Name} ({Schema}.{Table})";
}
