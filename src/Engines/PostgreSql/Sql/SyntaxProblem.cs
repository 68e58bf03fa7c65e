using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Words for what the grammar complains about.</summary>
internal static class SyntaxProblem
{
    /// <summary>Characters of a long line that are shown on each side of the place.</summary>
    private const int Around = 60;

    /// <param name="statement">The statement.</param>
    /// <param name="complaint">The grammar's message.</param>
    /// <param name="position">Characters from 1; 0 for no place.</param>
    public static LockkeeperException Describe(SqlStatement statement, string complaint, int position)
    {
        var character = Math.Max(0, position - 1);
        var unit = statement.UnitOf(character);
        return new LockkeeperException(SqlErrors.Syntax, complaint, Hint(statement.Text, complaint, unit), statement.PositionOf(character))
        {
            Facts = [new ErrorFact("LINE", LineWithCaret(statement.Text, unit))],
        };
    }

    public static LockkeeperException NestedTooDeeply(SqlStatement statement) => new(
        SqlErrors.NestedTooDeeply, "the statement is nested too deeply for PostgreSQL to take",
        "Split it, or use a list: IN (…) or = ANY (ARRAY[…]) in place of many ORs, VALUES in place of many UNIONs.", statement.At);

    private static string LineWithCaret(string text, int unit)
    {
        var start = unit == 0 ? 0 : text.LastIndexOf('\n', unit - 1) + 1;
        var end = text.IndexOf('\n', unit);
        var line = text.AsSpan(start..(end < 0 ? text.Length : end)).TrimEnd('\r');
        var caret = Math.Min(unit - start, line.Length);
        var (left, right) = (0, line.Length);
        if (line.Length > 2 * Around)
            (left, right) = (Math.Max(0, caret - Around), Math.Min(line.Length, caret + Around));
        var (before, after) = (left > 0 ? "…" : "", right < line.Length ? "…" : "");

        // Tabs stay tabs so that the caret stands below its character whatever their width is.
        var indent = string.Concat(line[left..caret].ToString().EnumerateRunes().Select(rune => rune.Value == '\t' ? '\t' : ' '));
        return $"{before}{line[left..right]}{after}\n{(before.Length > 0 ? " " : "")}{indent}^";
    }

    private static string Hint(string text, string complaint, int unit)
    {
        var rest = text.AsSpan(unit);
        var beforePlace = text.AsSpan(0, unit).TrimEnd();
        if (rest.StartsWith(":") || beforePlace.EndsWith(":"))
            return "Variables of psql such as :name are not replaced: write the value, or use a placeholder of the migration format.";
        if (rest.StartsWith("$") || rest.StartsWith("{") || beforePlace.EndsWith("{"))
            return "A placeholder seems to be left: set its value, or check its spelling.";
        if (rest.StartsWith("`"))
            return "PostgreSQL quotes identifiers with double quotes; backticks are MySQL's.";
        if (complaint.Contains("end of input", StringComparison.Ordinal))
            return "The statement ends too early: something is missing, or a ';' stands too early.";
        return $"Correct the statement; it is read by the grammar of PostgreSQL {SqlParser.GrammarMajor}.";
    }
}
