using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Reads the annotations of a goose file. They are checked as goose checks them; statements are found by PostgreSQL's own rules, with or without <c>StatementBegin</c>.</summary>
internal sealed class GooseScript
{
    private const string Marker = "+goose";

    private readonly string text;
    private readonly string file;
    private ScriptLine? up;
    private ScriptLine? down;
    private ScriptLine? open;
    private ScriptLine? substituting;
    private bool noTransaction;
    private readonly List<(int Start, int End)> substituted = [];

    private GooseScript(string text, string file) => (this.text, this.file) = (text, file);

    /// <summary>Whether the beginning of a file holds an annotation of goose.</summary>
    public static bool IsMarked(string beginning) => ScriptLine.Containing(beginning, Marker).Any(IsAnnotation);

    /// <summary>Reads the two scripts of a file.</summary>
    public static (MigrationScript Up, MigrationScript? Down) Parse(string text, string file)
    {
        var script = new GooseScript(text, file);
        foreach (var line in ScriptLine.Containing(text, Marker).Where(IsAnnotation))
            script.Take(line);
        return script.Finish();
    }

    private static bool IsAnnotation(ScriptLine line) => line.Text.TrimStart().StartsWith("--", StringComparison.Ordinal) && line.Text.Contains(Marker, StringComparison.Ordinal);

    private void Take(ScriptLine line)
    {
        if (line.Text[0] is ' ' or '\t')
            throw Wrong(line, "a goose annotation must start at the first column", "Remove the blanks before it.");
        var annotation = line.Text.Replace("--", "", StringComparison.Ordinal).Replace(Marker, "", StringComparison.Ordinal).Trim();
        switch (annotation.ToUpperInvariant())
        {
            case "UP" when up is null && down is null: up = line; break;
            case "UP": throw Wrong(line, "a goose file has one '-- +goose Up', at its start", "Put each migration into a file of its own.");
            case "DOWN" when up is not null && down is null && open is null: down = line; break;
            case "DOWN": throw Wrong(line, "a goose file has one '-- +goose Down', after '-- +goose Up' and outside of a statement", "Put the annotations into this order: Up, its statements, Down, its statements.");
            case "STATEMENTBEGIN" when up is not null && open is null: open = line; break;
            case "STATEMENTBEGIN": throw Wrong(line, "'-- +goose StatementBegin' stands before '-- +goose Up' or inside of another one", "End the statement before it with '-- +goose StatementEnd'.");
            case "STATEMENTEND" when open is not null: open = null; break;
            case "STATEMENTEND": throw Wrong(line, "'-- +goose StatementEnd' has no StatementBegin before it", "Put '-- +goose StatementBegin' before the statement, or remove the end.");
            case "NO TRANSACTION": noTransaction = true; break;
            case "ENVSUB ON": substituting ??= line; break;
            case "ENVSUB OFF": EndSubstitution(line.Start); break;
            default: throw Wrong(line, $"'{annotation}' is not an annotation of goose", "Known: Up, Down, StatementBegin, StatementEnd, NO TRANSACTION, ENVSUB ON, ENVSUB OFF.");
        }
    }

    private void EndSubstitution(int end)
    {
        if (substituting is { } start)
            substituted.Add((start.Start, end));
        substituting = null;
    }

    private (MigrationScript Up, MigrationScript? Down) Finish()
    {
        EndSubstitution(text.Length);
        if (up is not { } first)
            throw Wrong(new ScriptLine(1, 0, ""), "the file has no '-- +goose Up'", "Put it above the statements.");
        if (open is { } begin)
            throw Wrong(begin, "'-- +goose StatementBegin' has no StatementEnd after it", "Put '-- +goose StatementEnd' after the statement.");
        if (ScriptContent.HasStatement(text[..first.Start]))
            throw Wrong(first, "statements stand before '-- +goose Up'", "Move them below it.");
        CheckSubstitution();
        // What stands above the annotation are comments, and those may be directives of Lockkeeper.
        var downScript = down is { } last ? ScriptContent.WayBack(Script(text[Math.Min(last.Next, text.Length)..], last.Number + 1)) : null;
        return (ScriptContent.Runnable(Script(text[..(down?.Start ?? text.Length)], 1)), downScript);
    }

    private MigrationScript Script(string part, int firstLine)
    {
        var script = MigrationScript.Of(part, file, firstLine);
        return script with { NoTransaction = script.NoTransaction || noTransaction, RequirePlaceholders = substituted.Count > 0 };
    }

    /// <summary>Values come from the placeholders of lockkeeper.yaml, so only <c>${NAME}</c> can stand where goose looks into the environment.</summary>
    private void CheckSubstitution()
    {
        for (var at = substituted.Count > 0 ? text.IndexOf('$') : -1; at >= 0; at = text.IndexOf('$', at + 1))
        {
            var isInside = substituted.Exists(part => part.Start <= at && at < part.End);
            var isPlain = PlainName(at);
            if (isInside == isPlain)
                continue;
            // Outside, dollar quotes and parameters are PostgreSQL's own.
            var before = text.LastIndexOf('\n', at) + 1;
            var line = new ScriptLine(text.AsSpan(0, at).Count('\n') + 1, before, "");
            throw isInside
                ? Wrong(line, "of the substitutions of goose only ${NAME} is supported here", "Write ${NAME}, give it a value under placeholders of the database, and put '-- +goose ENVSUB OFF' before dollar quotes.", at - before + 1, MigrateErrors.NotSupported)
                : Wrong(line, "${NAME} stands outside of ENVSUB ON, where goose leaves it as it is", "Put it between '-- +goose ENVSUB ON' and '-- +goose ENVSUB OFF', or write it in another way.", at - before + 1, MigrateErrors.NotSupported);
        }
    }

    private bool PlainName(int at)
    {
        var end = at + 2;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            end++;
        return end > at + 2 && text[at + 1] == '{' && end < text.Length && text[end] == '}';
    }

    private LockkeeperException Wrong(ScriptLine line, string message, string hint, int column = 1, ErrorCode? code = null) =>
        new(code ?? MigrateErrors.BadScript, message, hint, new SourcePosition(file, line.Number, column));
}
