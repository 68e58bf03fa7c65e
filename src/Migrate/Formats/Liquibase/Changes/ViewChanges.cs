using System.Text.RegularExpressions;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase.Changes;

/// <summary>Changes of views and functions.</summary>
internal static partial class ViewChanges
{
    public static Change CreateView(ChangeContext change)
    {
        var (fields, name) = (change.Fields, change.Table("viewName"));
        var (replace, full, remarks) = (fields.Flag("replaceIfExists"), fields.Flag("fullDefinition"), fields["remarks"]);
        var query = change.Files.TextOf(fields, "selectQuery", "path");
        var text = query.Text.Trim().TrimEnd(';').TrimEnd();
        var sql = full
            ? replace ? CreateWord().Replace(text, "CREATE OR REPLACE VIEW", 1) : text
            : $"CREATE {(replace ? "OR REPLACE " : "")}VIEW {name} AS {text}";
        List<string> up = [sql];
        if (remarks is { Length: > 0 })
            up.Add($"COMMENT ON VIEW {name} IS {ColumnValue.Literal(remarks)}");
        return change.Made(up, [$"DROP VIEW {name}"]);
    }

    public static Change DropView(ChangeContext change) => change.Made($"DROP VIEW {(change.Fields.Flag("ifExists") ? "IF EXISTS " : "")}{change.Table("viewName")}");

    public static Change RenameView(ChangeContext change)
    {
        var (fields, names) = (change.Fields, change.Names);
        var (before, after) = (change.Table("oldViewName"), fields.Required("newViewName"));
        return change.Made($"ALTER TABLE {before} RENAME TO {names.Name(after)}", $"ALTER TABLE {names.Name(fields.Text("schemaName"), after)} RENAME TO {names.Name(fields.Required("oldViewName"))}");
    }

    /// <summary>The text is whole as it stands: nothing in it ends a statement for Liquibase.</summary>
    public static Change CreateProcedure(ChangeContext change)
    {
        change.Fields.Pass("procedureName", "catalogName", "comments");
        change.Fields.Refuse("schemaName", "Liquibase writes it into the text by its own parser: write it before the procedure's name yourself.");
        var isHere = ChangelogChoice.IsForServer(change.Fields.Text("dbms"));
        var text = change.Files.TextOf(change.Fields, "procedureText", "path");
        change.Fields.Refuse("replaceIfExists", "Liquibase passes over it on PostgreSQL: write CREATE OR REPLACE in the text.", value => value is "false" or "FALSE" || OrReplace().IsMatch(text.Text));
        var made = new RawSql(StripComments: false, SplitStatements: false).Change(change.Fields.Name, text.Text, text.At) with { Checksum = null };
        return isHere ? made : made with { Up = new List<ScriptPart>() };
    }

    public static Change DropProcedure(ChangeContext change) => change.Made($"DROP PROCEDURE {change.Table("procedureName")}");

    [GeneratedRegex(@"\bOR\s+REPLACE\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex OrReplace();

    [GeneratedRegex(@"^CREATE\s+VIEW\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CreateWord();
}
