using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Words for what stops the splitting of a script.</summary>
internal static class ScriptProblem
{
    /// <param name="kind">What it is.</param>
    /// <param name="cursor">Stands where it begins.</param>
    public static LockkeeperException Describe(TokenKind kind, ScriptCursor cursor)
    {
        var text = cursor.Text.Span;
        var at = cursor.Here;
        return kind switch
        {
            TokenKind.UnterminatedString => new LockkeeperException(
                SqlErrors.UnterminatedString, "this string constant has no closing quote",
                "Close it; a quote inside a string is written twice ('it''s').", at),
            TokenKind.UnterminatedIdentifier => new LockkeeperException(
                SqlErrors.UnterminatedIdentifier, "this quoted identifier has no closing double quote",
                "Close it; string constants take single quotes.", at),
            TokenKind.UnterminatedDollarQuote => new LockkeeperException(
                SqlErrors.UnterminatedDollarQuote, $"this dollar-quoted string has no closing {DollarTag(text)}",
                "Close it with the same tag, in the same case.", at),
            TokenKind.UnterminatedComment => new LockkeeperException(
                SqlErrors.UnterminatedComment, "this block comment has no end",
                "Close it with */; block comments nest, so each /* inside it needs its own.", at),
            _ => MetaCommand(text, at),
        };
    }

    private static string DollarTag(ReadOnlySpan<char> text) => text[..(text[1..].IndexOf('$') + 2)].ToString();

    private static LockkeeperException MetaCommand(ReadOnlySpan<char> text, SourcePosition at)
    {
        var name = MetaCommandName(text);
        return new LockkeeperException(
            SqlErrors.MetaCommand, $"'{name}' is a command of psql, not SQL, and the server does not know it", MetaCommandHint(name), at);
    }

    /// <summary>A command's name ends at a blank or at the next backslash.</summary>
    private static string MetaCommandName(ReadOnlySpan<char> text)
    {
        const int LongestShown = 40;
        var end = 1;
        if (end < text.Length && !char.IsAsciiLetter(text[end]))
            return text[..Math.Min(end + (char.IsWhiteSpace(text[end]) ? 0 : 1), text.Length)].ToString();
        while (end < text.Length && end < LongestShown && !char.IsWhiteSpace(text[end]) && text[end] is not ('\\' or ';'))
            end++;
        return text[..end].ToString();
    }

    private static string MetaCommandHint(string name) => name switch
    {
        "\\i" or "\\ir" or "\\include" or "\\include_relative" =>
            "Put the other file's SQL here, or make that file a migration of its own.",
        "\\c" or "\\connect" =>
            "Remove it: the database is chosen by the environment's target in lockkeeper.yaml.",
        "\\copy" =>
            "Use COPY … FROM stdin with the data on the lines after it, closed by '\\.'.",
        "\\." =>
            "It closes the data of COPY … FROM stdin, and no such statement stands before it.",
        "\\set" or "\\unset" or "\\gset" or "\\prompt" or "\\getenv" =>
            "Variables of psql are not replaced: write the value, or use a placeholder of the migration format where it has them.",
        "\\g" or "\\gx" or "\\gexec" or "\\gdesc" or "\\crosstabview" or "\\watch" or "\\bind" =>
            "End the statement with ';'; to run SQL that a query makes, use DO $$ … EXECUTE … $$.",
        "\\;" =>
            "End each statement with ';' alone.",
        "\\if" or "\\elif" or "\\else" or "\\endif" =>
            "Use DO $$ BEGIN IF … THEN … END IF; END $$ for a condition, or a migration for each environment.",
        "\\echo" or "\\qecho" or "\\warn" =>
            "Remove it, or use a comment; RAISE NOTICE in a DO block prints while the migration runs.",
        "\\q" or "\\quit" =>
            "Remove it together with what follows it, which psql would not have run.",
        "\\encoding" =>
            "Remove it and save the file as UTF-8.",
        "\\password" =>
            "Remove it: passwords do not belong into migrations.",
        "\\timing" or "\\pset" or "\\x" or "\\a" or "\\t" or "\\o" or "\\out" or "\\errverbose" or "\\r" or "\\reset" or "\\p" =>
            "Remove it: it only changes what psql prints.",
        "\\!" or "\\cd" =>
            "Remove it: a migration cannot run programs.",
        "\\restrict" or "\\unrestrict" =>
            "Remove it: pg_dump writes it for psql only.",
        _ when name.StartsWith("\\d", StringComparison.Ordinal) || name.StartsWith("\\l", StringComparison.Ordinal) =>
            "Remove it: it only prints what is in the database.",
        _ =>
            "Remove it, or write it as SQL; a backslash outside of quotes is always a command of psql.",
    };
}
