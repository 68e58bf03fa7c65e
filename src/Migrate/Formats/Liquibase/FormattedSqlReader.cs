using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Reads a file of formatted SQL into changesets.</summary>
/// <param name="file">The file.</param>
/// <param name="properties">The properties so far; those of the file join them.</param>
/// <param name="choice">What is meant for this database.</param>
internal sealed class FormattedSqlReader(ChangelogFile file, ChangelogProperties properties, ChangelogChoice choice)
{
    private readonly List<Changeset> changesets = [];
    private FormattedSqlChangeset? open;
    private string logicalPath = "";

    /// <summary>The changesets in order.</summary>
    /// <param name="text">The file's text with LF line ends.</param>
    public IReadOnlyList<Changeset> Read(string text)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (FormattedSqlLine.Header().Match(lines[i]) is { Success: true } header)
                ReadHeader(header, i + 1);
            else if (FormattedSqlLine.Property().Match(lines[i]) is { Success: true } property)
                ReadProperty(property, i + 1);
            else if (FormattedSqlLine.IgnoreLines().Match(lines[i]) is { Success: true } ignored)
                i = Ignore(lines, i, ignored.Groups["what"].Value);
            else if (FormattedSqlLine.Changeset().Match(lines[i]) is { Success: true } changeset)
                Begin(changeset, i + 1);
            else if (FormattedSqlLine.Mistaken().IsMatch(lines[i]))
                throw Mistaken(lines[i].Trim(), i + 1);
            else if (FormattedSqlLine.RollbackStart().IsMatch(lines[i]) && open is not null)
                i = RollbackBlock(lines, i);
            else
                ReadLine(lines[i], i + 1);
        }

        Finish();
        return changesets;
    }

    private void ReadHeader(Match header, int line)
    {
        foreach (Match attribute in FormattedSqlLine.Attribute().Matches(header.Groups["rest"].Value))
        {
            logicalPath = attribute.Groups["name"].Value.Equals("logicalFilePath", StringComparison.OrdinalIgnoreCase)
                ? Unquoted(attribute.Groups["value"].Value)
                : throw ChangelogFile.NotCovered($"the attribute {attribute.Groups["name"].Value} of the first line", "It may hold logicalFilePath.", file.At(line, header.Groups["rest"].Index + attribute.Index + 1));
        }

        open?.Keep("");
    }

    private void ReadProperty(Match property, int line)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match attribute in FormattedSqlLine.PropertyAttribute().Matches(property.Groups["rest"].Value))
        {
            var name = attribute.Groups["name"].Value;
            if (name.ToLowerInvariant() is not ("name" or "value" or "context" or "contextfilter" or "labels" or "dbms" or "global"))
                throw ChangelogFile.NotCovered($"the attribute {name} of a property", "Known: name, value, context, labels, dbms, global.", file.At(line, property.Groups["rest"].Index + attribute.Index + 1));
            values[name] = Unquoted(attribute.Groups["value"].Value);
        }

        if (!values.TryGetValue("name", out var declared) || !values.TryGetValue("value", out var value))
            throw ChangelogFile.Wrong("a property needs a name and a value", "Write --property name:schema value:app.", file.At(line));
        if (ChangelogChoice.IsForServer(values.GetValueOrDefault("dbms", "")) && choice.HoldsContext(values.GetValueOrDefault("contextFilter") ?? values.GetValueOrDefault("context", ""))
            && choice.HoldsLabels(values.GetValueOrDefault("labels", "")))
            properties.Declare(declared, value, values.GetValueOrDefault("global") == "false" ? file.File : null);
        open?.Keep("");
    }

    /// <summary>Passes over lines as the file asks for; they stay as empty ones, so that every line keeps its number.</summary>
    private int Ignore(string[] lines, int at, string what)
    {
        open?.Keep("");
        if (what is not "start")
        {
            if (!int.TryParse(what, out var count) || count < 0)
                throw ChangelogFile.Wrong($"'ignoreLines:{what}' is neither start, end nor a number", "Write --ignoreLines:start and --ignoreLines:end around the lines, or --ignoreLines:2.", file.At(at + 1));
            for (; count > 0 && at + 1 < lines.Length; count--, at++)
                open?.Keep("");
            return at;
        }

        for (at++; at < lines.Length; at++)
        {
            open?.Keep("");
            if (FormattedSqlLine.IgnoreLines().Match(lines[at]) is { Success: true } end && end.Groups["what"].Value.Equals("end", StringComparison.OrdinalIgnoreCase))
                break;
        }

        return at;
    }

    private int RollbackBlock(string[] lines, int at)
    {
        var start = at;
        open!.Keep("");
        for (at++; at < lines.Length; at++)
        {
            open.Keep("");
            if (!lines[at].TrimEnd().EndsWith("*/", StringComparison.Ordinal))
            {
                open.AddRollback(lines[at], file.At(at + 1));
                continue;
            }

            var last = lines[at].TrimEnd()[..^2];
            if (last.Trim().Length > 0)
                open.AddRollback(last, file.At(at + 1));
            return at;
        }

        throw ChangelogFile.Wrong("the block of the rollback has no end", "Close it with */.", file.At(start + 1));
    }

    private void Begin(Match match, int line)
    {
        Finish();
        if (match.Groups["space"].Length > 0)
            throw ChangelogFile.Wrong("a blank stands before the id of the changeset", "Write --changeset author:id.", file.At(line, match.Groups["id"].Index + 1));
        open = new FormattedSqlChangeset(file, properties, match, line, logicalPath);
    }

    private void ReadLine(string line, int number)
    {
        if (open is not null)
        {
            open.Read(line, number);
        }
        else if (line.Trim() is { Length: > 0 } content && !content.StartsWith("--", StringComparison.Ordinal))
        {
            throw ChangelogFile.Wrong(
                "SQL stands before the first changeset, where Liquibase runs nothing", "Put a line --changeset author:id above it, or --ignoreLines:start and --ignoreLines:end around it.", file.At(number));
        }
    }

    private void Finish()
    {
        if (open is not null)
            changesets.Add(open.Finish());
        open = null;
    }

    private LockkeeperException Mistaken(string line, int number) => ChangelogFile.Wrong(
        $"'{line}' is not a line that Liquibase takes", "Write --changeset author:id, --rollback SQL, --preconditions, --precondition-sql-check, --property, --comment TEXT, --validCheckSum or --ignoreLines:start.",
        file.At(number));

    /// <summary>A value without the double quotes around it.</summary>
    internal static string Unquoted(string value) => value.Length > 1 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value;
}
