using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>SET NOT NULL takes the word of a check that was validated while reads and writes went on.</summary>
internal sealed class NotNullFix : IPartFix
{
    public IReadOnlyList<string> Rules { get; } = ["adding-not-nullable-field"];

    public FixedStatement? Fix(AlterTablePart part, string text, int offset, AlteredTable table) =>
        part is not { Subtype: "AT_SetNotNull", Name: { } column } || part.KnownColumn?.NotNull == true ? null
            : new FixedStatement([.. Sequence(table, column)], [$"{column} is checked for NULL while reads and writes go on; SET NOT NULL then takes the check's word"]);

    /// <summary>The statements after which a column refuses NULL.</summary>
    public static IEnumerable<string> Sequence(AlteredTable table, string column)
    {
        var (name, quoted) = (table.NameFor($"{column}_not_null"), SqlName.Of(column));
        yield return table.Alter($"ADD CONSTRAINT {name} CHECK ({quoted} IS NOT NULL) NOT VALID");
        yield return table.Alter($"VALIDATE CONSTRAINT {name}");
        yield return table.Alter($"ALTER COLUMN {quoted} SET NOT NULL");
        yield return table.Alter($"DROP CONSTRAINT {name}");
    }
}
