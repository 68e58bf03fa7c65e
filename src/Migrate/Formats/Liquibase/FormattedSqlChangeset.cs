using System.Text;
using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>A changeset of formatted SQL while its lines are read.</summary>
internal sealed class FormattedSqlChangeset
{
    private readonly ChangelogFile file;
    private readonly ChangelogProperties properties;
    private readonly SourcePosition at;
    private readonly StringBuilder script = new();
    private readonly StringBuilder counted = new();
    private readonly StringBuilder rollback = new();
    private readonly List<string> validChecksums = [];
    private readonly FormattedSqlPreconditions preconditions;
    private readonly string author;
    private readonly string id;
    private readonly Dictionary<string, string> attributes;
    private SourcePosition? rollbackAt;
    private string comment = "";

    public FormattedSqlChangeset(ChangelogFile file, ChangelogProperties properties, Match line, int number, string logicalPath)
    {
        this.file = file;
        this.properties = properties;
        at = file.At(number);
        author = Expand(FormattedSqlReader.Unquoted(line.Groups["author"].Value));
        id = Expand(FormattedSqlReader.Unquoted(line.Groups["id"].Value));
        attributes = ReadAttributes(line.Groups["rest"], number);
        if (Text("logicalFilePath").Length == 0)
            attributes["logicalFilePath"] = logicalPath;
        preconditions = new FormattedSqlPreconditions(file, Expand);
    }

    /// <summary>Reads a line.</summary>
    public void Read(string line, int number)
    {
        var isSql = false;
        if (FormattedSqlLine.Comment().Match(line) is { Success: true } remark)
            comment = remark.Groups["text"].Value;
        else if (FormattedSqlLine.ValidChecksum().Match(line) is { Success: true } checksum)
            validChecksums.Add(checksum.Groups["sum"].Value.Trim());
        else if (FormattedSqlLine.Rollback().Match(line) is { Success: true } undo)
            AddRollback(undo.Groups["sql"].Value, file.At(number, undo.Groups["sql"].Index + 1));
        else if (FormattedSqlLine.Precondition().Match(line) is { Success: true } precondition)
            preconditions.Add(precondition, number);
        else if (FormattedSqlLine.Preconditions().Match(line) is { Success: true } rules)
            preconditions.Begin(rules, number);
        else
            isSql = true;
        Keep(isSql ? line : "");
        if (isSql)
            counted.Append(line).Append('\n');
    }

    /// <summary>Adds a line to the script, an empty one for what is not SQL.</summary>
    public void Keep(string line) => script.Append(line).Append('\n');

    /// <summary>Adds a line to the way back; a line break for each line in between keeps the places.</summary>
    public void AddRollback(string sql, SourcePosition place)
    {
        if (rollbackAt is null)
        {
            rollbackAt = place;
            rollback.Append(sql);
            return;
        }

        var line = rollbackAt.Line + rollback.ToString().AsSpan().Count('\n');
        rollback.Append('\n', Math.Max(1, place.Line - line)).Append(sql);
    }

    /// <summary>The changeset.</summary>
    public Changeset Finish()
    {
        var sql = Expand(counted.ToString()).Trim();
        if (sql.Length == 0)
            throw ChangelogFile.Wrong($"the changeset {author}:{id} has no SQL", "Write the statements below its line, or take it out.", at);
        return new Changeset
        {
            Path = Text("logicalFilePath") is { Length: > 0 } logical ? ChangelogPaths.Normalize(logical) : file.Path,
            Id = id,
            Author = author,
            At = at,
            Comment = comment,
            RunOnChange = Flag("runOnChange", false),
            RunAlways = Flag("runAlways", false),
            RunInTransaction = Flag("runInTransaction", true),
            FailOnError = Flag("failOnError", true),
            Ignore = Flag("ignore", false),
            Contexts = [Text("contextFilter") is { Length: > 0 } filter ? filter : Text("context")],
            Labels = [Text("labels")],
            Dbms = Text("dbms"),
            ValidChecksums = validChecksums,
            Changes = [Options("").Change("sql", Expand(script.ToString()), file.At(at.Line + 1), sql)],
            Rollback = Rollback(),
            Preconditions = preconditions.Finish(),
        };
    }

    private RawSql Options(string prefix) => new(
        StripComments: Flag("stripComments", true), SplitStatements: Flag(prefix.Length == 0 ? "splitStatements" : "rollbackSplitStatements", true),
        EndDelimiter: attributes.GetValueOrDefault(prefix.Length == 0 ? "endDelimiter" : "rollbackEndDelimiter"));

    private IReadOnlyList<Change>? Rollback()
    {
        if (rollbackAt is null)
            return null;
        var sql = Expand(rollback.ToString());
        var start = sql.Trim();
        if (start.StartsWith("not required", StringComparison.OrdinalIgnoreCase) || start.StartsWith("empty", StringComparison.OrdinalIgnoreCase))
            return [];
        if (start.StartsWith("changesetId", StringComparison.OrdinalIgnoreCase))
            throw ChangelogFile.NotCovered("a rollback by changeSetId in formatted SQL", "Write the statements of the way back.", rollbackAt);
        return [Options("rollback").Change("sql", sql, rollbackAt)];
    }

    private string Expand(string text) => properties.Expand(text, file.File);

    private string Text(string name) => Expand(attributes.GetValueOrDefault(name, ""));

    private bool Flag(string name, bool without) => Text(name).ToLowerInvariant() switch
    {
        "" => without,
        "true" => true,
        "false" => false,
        var other => throw ChangelogFile.Wrong($"'{name}:{other}' is neither true nor false", $"Write {name}:true or {name}:false.", at),
    };

    private Dictionary<string, string> ReadAttributes(Group rest, int number)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match attribute in FormattedSqlLine.Attribute().Matches(rest.Value))
        {
            var name = attribute.Groups["name"].Value;
            var place = file.At(number, rest.Index + attribute.Index + 1);
            if (!Known.Contains(name))
                throw ChangelogFile.NotCovered($"the changeset attribute {name}", $"Known: {string.Join(", ", Known.Order(StringComparer.Ordinal))}.", place);
            found[name] = FormattedSqlReader.Unquoted(attribute.Groups["value"].Value);
            if (name.Equals("runWith", StringComparison.OrdinalIgnoreCase) && found[name] != "jdbc")
                throw ChangelogFile.NotCovered($"runWith:{found[name]}", "Take the attribute out: the statements are sent as they are.", place);
        }

        return found;
    }

    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "runOnChange", "runAlways", "runInTransaction", "failOnError", "ignore", "context", "contextFilter", "labels", "dbms", "logicalFilePath", "splitStatements",
        "stripComments", "endDelimiter", "rollbackSplitStatements", "rollbackEndDelimiter", "runWith",
    };
}
