using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Reads the preConditions elements of a changelog.</summary>
internal static class PreconditionReader
{
    /// <summary>The preconditions that are covered, with their attributes.</summary>
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["sqlCheck"] = ["expectedResult", "sql"],
        ["tableExists"] = ["schemaName", "tableName"],
        ["viewExists"] = ["schemaName", "viewName"],
        ["columnExists"] = ["schemaName", "tableName", "columnName"],
        ["sequenceExists"] = ["schemaName", "sequenceName"],
        ["indexExists"] = ["schemaName", "indexName", "tableName", "columnNames"],
        ["foreignKeyConstraintExists"] = ["schemaName", "foreignKeyName", "foreignKeyTableName", "foreignKeyTableSchemaName"],
        ["primaryKeyExists"] = ["schemaName", "primaryKeyName", "tableName"],
        ["uniqueConstraintExists"] = ["schemaName", "tableName", "constraintName", "columnNames"],
        ["tableIsEmpty"] = ["schemaName", "tableName"],
        ["rowCount"] = ["schemaName", "tableName", "expectedRows"],
        ["dbms"] = ["type"],
        ["runningAs"] = ["username"],
        ["changeSetExecuted"] = ["id", "author", "changeLogFile"],
    };

    private static readonly string[] Joins = ["and", "or", "not"];

    public static PreconditionSet Read(ChangeNode node, string path, Func<string, string> expand)
    {
        var fields = new ChangeFields(node, expand);
        fields.Pass("onSqlOutput", "onUpdateSQL", "onUpdateSql");
        fields.Pass([.. node.Children.Select(child => child.Name)]);
        var set = new PreconditionSet(
            new Precondition("and", new Dictionary<string, string>(), Parts(node, path, expand), node.At),
            PreconditionNames.Outcome(fields.Text("onFail"), "onFail", fields.PlaceOf("onFail")), PreconditionNames.Outcome(fields.Text("onError"), "onError", fields.PlaceOf("onError")),
            fields["onFailMessage"], fields["onErrorMessage"]);
        fields.Close();
        return set;
    }

    private static List<Precondition> Parts(ChangeNode node, string path, Func<string, string> expand) => [.. node.Children.Select(child => One(child, path, expand))];

    private static Precondition One(ChangeNode node, string path, Func<string, string> expand)
    {
        if (Joins.Contains(node.Name))
        {
            var join = new ChangeFields(node, expand);
            join.Pass([.. node.Children.Select(child => child.Name)]);
            join.Close();
            return new Precondition(node.Name, new Dictionary<string, string>(), Parts(node, path, expand), node.At);
        }

        if (!Known.TryGetValue(node.Name, out var attributes))
            throw ChangelogFile.NotCovered($"the precondition {node.Name}", "A sqlCheck can ask anything.", node.At);
        var fields = new ChangeFields(node, expand);
        fields.Pass("catalogName", "foreignKeyTableCatalogName");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var attribute in attributes)
        {
            if ((attribute == "sql" ? fields.Body("sql")?.Text.Trim() : fields[attribute]) is { Length: > 0 } value)
                values[attribute] = attribute == "changeLogFile" ? ChangelogPaths.Normalize(value) : value;
        }

        if (node.Name == "changeSetExecuted")
            values.TryAdd("changeLogFile", path);
        fields.Close();
        RequireEnough(node, values);
        return new Precondition(node.Name, values, [], node.At);
    }

    private static void RequireEnough(ChangeNode node, Dictionary<string, string> values)
    {
        string[] required = node.Name switch
        {
            "sqlCheck" => ["sql", "expectedResult"], "tableExists" or "tableIsEmpty" => ["tableName"], "viewExists" => ["viewName"], "columnExists" => ["tableName", "columnName"],
            "sequenceExists" => ["sequenceName"], "rowCount" => ["tableName", "expectedRows"], "dbms" => ["type"], "runningAs" => ["username"], "changeSetExecuted" => ["id", "author"], _ => [],
        };
        if (required.FirstOrDefault(name => !values.ContainsKey(name)) is { } missing)
            throw ChangelogFile.Wrong($"{node.Name} does not say its {missing}", $"Give it the attribute {missing}.", node.At);
    }
}
