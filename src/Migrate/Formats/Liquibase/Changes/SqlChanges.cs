namespace Lockkeeper.Migrate.Formats.Liquibase.Changes;

/// <summary>Changes that are SQL, and those that do nothing to a database.</summary>
internal static class SqlChanges
{
    public static Change Sql(ChangeContext change)
    {
        var fields = change.Fields;
        fields.Pass("comment");
        var options = Options(fields);
        var isHere = ChangelogChoice.IsForServer(fields.Text("dbms"));
        var text = fields.Body("sql") ?? throw ChangelogFile.Wrong("the sql change holds no SQL", "Write the statements in it.", fields.At);
        var made = options.Change("sql", text.Text, text.At);
        return isHere ? made : made with { Up = [] };
    }

    public static Change SqlFile(ChangeContext change)
    {
        var fields = change.Fields;
        fields.Pass("doExpandExpressionsInGenerateCheckSums");
        var options = Options(fields);
        var isHere = ChangelogChoice.IsForServer(fields.Text("dbms"));
        var (text, raw) = change.Files.File(fields, "path");
        var made = options.Change("sqlFile", text.Text, text.At, raw);
        return isHere ? made : made with { Up = [] };
    }

    /// <summary>A change that leaves the database as it is: a tag, a message, nothing at all.</summary>
    public static Change Nothing(ChangeContext change)
    {
        change.Fields.Pass("keepTagOnRollback", "message");
        change.Fields.Refuse("target", "Liquibase knows STDOUT, STDERR and the levels of its log.", value => value.ToUpperInvariant() is "STDOUT" or "STDERR" or "FINE" or "DEBUG" or "INFO" or "WARN" or "SEVERE" or "ERROR");
        change.Fields.Body("message");
        return change.Made([], []) with { Tag = change.Fields["tag"] };
    }

    private static RawSql Options(ChangeFields fields) => new(fields.Flag("stripComments"), fields.Flag("splitStatements", true), fields["endDelimiter"] is { } delimiter ? delimiter.Replace("\\n", "\n", StringComparison.Ordinal) : null);
}
