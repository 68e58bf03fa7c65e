using System.Text;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Formats.Liquibase.Changes;

/// <summary>loadData: the rows of a CSV file as inserts.</summary>
internal static class LoadData
{
    private const int RowsInStatement = 50;

    public static Change Of(ChangeContext change)
    {
        var fields = change.Fields;
        fields.Pass("usePreparedStatements");
        var table = change.Table();
        var (separator, quote) = (Character(fields, "separator", ','), Character(fields, "quotchar", '"'));
        var comment = fields["commentLineStartsWith"] ?? "#";
        var (text, raw) = change.Files.File(fields, "file");
        var rows = CsvFile.Read(raw, separator, quote, comment, text.At.File);
        if (rows.Count == 0)
            throw ChangelogFile.Wrong($"{text.At.File} has no line with the columns' names", "Its first line names the columns.", text.At);
        var columns = Columns(change, rows[0]);
        var values = rows.Skip(1).Select(row => $"({string.Join(", ", columns.Where(column => column.Name is not null).Select(column => column.Value(row)))})").ToList();
        var head = $"INSERT INTO {table} ({string.Join(", ", columns.Where(column => column.Name is not null).Select(column => change.Names.Name(column.Name!)))}) VALUES ";
        var made = change.Made(values.Chunk(RowsInStatement).Select(chunk => head + string.Join(",\n", chunk)), null);
        return made with { Content = made.Content + "\n" + raw };
    }

    private static List<CsvColumn> Columns(ChangeContext change, CsvRow header)
    {
        var columns = header.Values.Select((name, index) => new CsvColumn(name.Trim(), index, null)).ToList();
        foreach (var field in change.Fields.Elements("column"))
        {
            field.Refuse("allowUpdate", "loadData inserts and never updates: take it out.");
            var (name, wanted, index, type) = (field["name"], field["header"], field["index"], field.Text("type").ToUpperInvariant());
            var at = index is { Length: > 0 } ? int.Parse(index, System.Globalization.CultureInfo.InvariantCulture) : columns.FindIndex(column => column.Header.Equals(wanted ?? name, StringComparison.OrdinalIgnoreCase));
            if (at < 0 || at >= columns.Count)
                throw ChangelogFile.Wrong($"the CSV file has no column {wanted ?? name ?? index}", $"It has: {string.Join(", ", header.Values)}.", field.At);
            if (type is not ("" or "STRING" or "NUMERIC" or "BOOLEAN" or "DATE" or "DATETIME" or "TIME" or "COMPUTED" or "SEQUENCE" or "UUID" or "SKIP" or "UNKNOWN" or "OTHER"))
                throw ChangelogFile.NotCovered($"the type {type} of a column of loadData", "STRING, NUMERIC, BOOLEAN, DATE, DATETIME, TIME, COMPUTED, SEQUENCE, UUID and SKIP are.", field.PlaceOf("type"));
            columns[at] = new CsvColumn(columns[at].Header, at, type) { Rename = name is { Length: > 0 } ? name : null, DefaultValue = field["defaultValue"] };
        }

        return columns;
    }

    private static char Character(ChangeFields fields, string name, char without) => fields[name] switch
    {
        null or "" => without,
        "\\t" or "\t" => '\t',
        { Length: 1 } one => one[0],
        var other => throw ChangelogFile.Wrong($"the {name} '{other}' is more than one character", "Write one character.", fields.PlaceOf(name)),
    };

    /// <summary>A column of the file.</summary>
    private sealed record CsvColumn(string Header, int Index, string? Type)
    {
        public string? Rename { get; init; }

        public string? DefaultValue { get; init; }

        /// <summary>The column of the table; null when it is left out.</summary>
        public string? Name => Type == "SKIP" ? null : Rename ?? Header;

        public string Value(CsvRow row)
        {
            var text = Index < row.Values.Count ? row.Values[Index] : throw ChangelogFile.Wrong($"the row has no value for {Header}", "Give every row as many values as the first line.", row.At);
            if (text.Length == 0 && DefaultValue is not null)
                text = DefaultValue;
            if (text.Equals("NULL", StringComparison.OrdinalIgnoreCase) || (text.Length == 0 && Type is not (null or "" or "STRING" or "UNKNOWN" or "OTHER")))
                return "NULL";
            return Type switch
            {
                "NUMERIC" when decimal.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _) => text,
                "BOOLEAN" => ColumnValue.Boolean(text.Trim().ToLowerInvariant() is "true" or "t" or "1" or "y" or "yes"),
                "DATE" or "DATETIME" or "TIME" => ColumnValue.Date(text),
                "COMPUTED" => text,
                "SEQUENCE" => $"nextval({ColumnValue.Literal(text)})",
                _ => ColumnValue.Literal(text),
            };
        }
    }
}

/// <summary>A row of a CSV file.</summary>
internal sealed record CsvRow(IReadOnlyList<string> Values, SourcePosition At);

/// <summary>Reads CSV as opencsv does: quotes double themselves, and a quoted value may have several lines.</summary>
internal static class CsvFile
{
    public static IReadOnlyList<CsvRow> Read(string text, char separator, char quote, string comment, string file)
    {
        var rows = new List<CsvRow>();
        var (value, values, quoted, line, started) = (new StringBuilder(), new List<string>(), false, 1, 1);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (!quoted && values.Count == 0 && value.Length == 0 && comment.Length > 0 && (i == 0 || text[i - 1] == '\n') && text.AsSpan(i).StartsWith(comment))
            {
                i = text.IndexOf('\n', i) is var end and >= 0 ? end : text.Length;
                line++;
                started = line;
            }
            else if (c == quote && quoted && i + 1 < text.Length && text[i + 1] == quote)
            {
                value.Append(quote);
                i++;
            }
            else if (c == quote)
            {
                quoted = !quoted;
            }
            else if (c == separator && !quoted)
            {
                values.Add(value.ToString());
                value.Clear();
            }
            else if (c == '\n' && !quoted)
            {
                End();
                line++;
                started = line;
            }
            else
            {
                if (c == '\n')
                    line++;
                value.Append(c);
            }
        }

        if (quoted)
            throw ChangelogFile.Wrong("a quote in the CSV file has no end", "Close it.", new SourcePosition(file, started, 1));
        End();
        return rows;

        void End()
        {
            if (values.Count > 0 || value.Length > 0)
                rows.Add(new CsvRow([.. values, value.ToString()], new SourcePosition(file, started, 1)));
            values.Clear();
            value.Clear();
        }
    }
}
