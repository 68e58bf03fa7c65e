using System.Text.RegularExpressions;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>The preconditions of a changeset of formatted SQL.</summary>
internal sealed class FormattedSqlPreconditions(ChangelogFile file, Func<string, string> expand)
{
    private readonly List<Precondition> parts = [];
    private PreconditionSet? rules;

    /// <summary>Reads <c>--preconditions onFail:MARK_RAN onError:HALT</c>.</summary>
    public void Begin(Match line, int number)
    {
        var at = file.At(number);
        rules = new PreconditionSet(new Precondition("and", new Dictionary<string, string>(), [], at), PreconditionOutcome.Halt, PreconditionOutcome.Halt);
        foreach (Match attribute in FormattedSqlLine.Attribute().Matches(line.Groups["rest"].Value))
        {
            var value = expand(FormattedSqlReader.Unquoted(attribute.Groups["value"].Value));
            var place = file.At(number, line.Groups["rest"].Index + attribute.Index + 1);
            rules = attribute.Groups["name"].Value.ToLowerInvariant() switch
            {
                "onfail" => rules with { OnFail = PreconditionNames.Outcome(value, "onFail", place) },
                "onerror" => rules with { OnError = PreconditionNames.Outcome(value, "onError", place) },
                // What Liquibase does when it only prints SQL.
                "onupdatesql" or "onsqloutput" => rules,
                _ => throw ChangelogFile.NotCovered($"the attribute {attribute.Groups["name"].Value} of preconditions", "Known: onFail, onError, onSqlOutput.", place),
            };
        }
    }

    /// <summary>Reads <c>--precondition-sql-check expectedResult:0 SELECT …</c> and its like.</summary>
    public void Add(Match line, int number)
    {
        var at = file.At(number, line.Groups["name"].Index + 1);
        var body = expand(line.Groups["body"].Value.Trim());
        parts.Add(line.Groups["name"].Value.ToLowerInvariant() switch
        {
            "sql-check" when FormattedSqlLine.SqlCheck().Match(body) is { Success: true } check =>
                new Precondition("sqlCheck", new Dictionary<string, string> { ["expectedResult"] = check.Groups["expected"].Value, ["sql"] = check.Groups["sql"].Value }, [], at),
            "sql-check" => throw ChangelogFile.Wrong("the sql-check needs an expected result and a query", "Write --precondition-sql-check expectedResult:0 SELECT count(*) FROM …", at),
            "table-exists" => Named("tableExists", "table", "tableName"),
            "view-exists" => Named("viewExists", "view", "viewName"),
            var other => throw ChangelogFile.NotCovered($"the precondition {other} in formatted SQL", "Liquibase has sql-check, table-exists and view-exists there; a sql-check can ask anything.", at),
        });

        Precondition Named(string name, string key, string attribute)
        {
            var values = new Dictionary<string, string>();
            foreach (Match pair in FormattedSqlLine.Attribute().Matches(body))
            {
                var given = pair.Groups["name"].Value.ToLowerInvariant();
                values[given == key ? attribute : given == "schema" ? "schemaName" : throw ChangelogFile.NotCovered($"the attribute {given} of {name}", $"Known: {key}, schema.", at)] =
                    FormattedSqlReader.Unquoted(pair.Groups["value"].Value);
            }

            return values.ContainsKey(attribute) ? new Precondition(name, values, [], at) : throw ChangelogFile.Wrong($"{line.Groups["name"].Value} does not say which {key}", $"Write {key}:name.", at);
        }
    }

    /// <summary>The preconditions; null when there are none.</summary>
    public PreconditionSet? Finish()
    {
        if (parts.Count == 0)
            return null;
        var set = rules ?? new PreconditionSet(new Precondition("and", new Dictionary<string, string>(), [], parts[0].At), PreconditionOutcome.Halt, PreconditionOutcome.Halt);
        return set with { Root = set.Root with { Parts = parts } };
    }
}
