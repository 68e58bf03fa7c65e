namespace Lockkeeper.Migrate.Formats.Liquibase.Changes;

/// <summary>Changes of sequences.</summary>
internal static class SequenceChanges
{
    public static Change Create(ChangeContext change)
    {
        var (fields, name) = (change.Fields, change.Table("sequenceName"));
        var start = fields.Text("startValue");
        return change.Made($"CREATE SEQUENCE IF NOT EXISTS {name}{Type(fields)}{(start.Length > 0 ? $" START WITH {start}" : "")}{Options(fields)}", $"DROP SEQUENCE {name} CASCADE");
    }

    public static Change Drop(ChangeContext change) => change.Made($"DROP SEQUENCE {change.Table("sequenceName")} CASCADE");

    public static Change Alter(ChangeContext change)
    {
        change.Fields.Refuse("startValue", "Liquibase 4.28 passes over it here: take it out, or write ALTER SEQUENCE … RESTART as a sql change.");
        return change.Made($"ALTER SEQUENCE {change.Table("sequenceName")}{Type(change.Fields)}{Options(change.Fields)}");
    }

    public static Change Rename(ChangeContext change)
    {
        var (fields, names) = (change.Fields, change.Names);
        var (before, after) = (change.Table("oldSequenceName"), fields.Required("newSequenceName"));
        return change.Made($"ALTER SEQUENCE {before} RENAME TO {names.Name(after)}", $"ALTER SEQUENCE {names.Name(fields.Text("schemaName"), after)} RENAME TO {names.Name(fields.Required("oldSequenceName"))}");
    }

    private static string Type(ChangeFields fields) => fields.Text("dataType") is { Length: > 0 } type ? $" AS {type}" : "";

    private static string Options(ChangeFields fields)
    {
        var options = "";
        foreach (var (attribute, word) in new[] { ("incrementBy", "INCREMENT BY"), ("minValue", "MINVALUE"), ("maxValue", "MAXVALUE"), ("cacheSize", "CACHE") })
        {
            if (fields.Text(attribute) is { Length: > 0 } value)
                options += $" {word} {value}";
        }

        return fields["cycle"] is null ? options : options + (fields.Flag("cycle") ? " CYCLE" : " NO CYCLE");
    }
}
