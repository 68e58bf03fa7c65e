using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Splits a script into the statements that psql would send, with their exact places.</summary>
public static class SqlSplitter
{
    /// <summary>Characters that a statement may have, or a comment, or a line of COPY's data. The server takes a message of 1 GB, but
    /// neither its grammar nor ours does so in any memory that a machine has to spare.</summary>
    public const int MostCharacters = 256 * 1024 * 1024;

    /// <summary>Splits a script. Empty statements and comments around statements are dropped.</summary>
    /// <param name="text">The script; a byte order mark at its start is passed over.</param>
    /// <param name="file">Its path as people should read it in errors.</param>
    /// <param name="firstLine">The line of the file where the script starts, from 1.</param>
    /// <param name="firstColumn">The column of that line where the script starts, from 1.</param>
    /// <exception cref="LockkeeperException">The script holds an unterminated quote or comment, a psql meta-command or a NUL; nothing was
    /// run, and the error names the place where the thing starts.</exception>
    public static IReadOnlyList<SqlStatement> Split(string text, string file, int firstLine = 1, int firstColumn = 1) =>
        [.. Statements(new ScriptCursor(text, new PlaceCounter(file, firstLine, firstColumn)))];

    /// <summary>Splits a script while it is read; only what is being looked at is in memory.</summary>
    /// <param name="source">The script.</param>
    /// <param name="file">Its path as people should read it in errors.</param>
    /// <param name="firstLine">The line of the file where the script starts, from 1.</param>
    /// <exception cref="LockkeeperException">As <see cref="Split"/>, when the place is reached.</exception>
    public static IEnumerable<SqlStatement> Read(TextReader source, string file, int firstLine = 1) =>
        Statements(new ScriptCursor(source, new PlaceCounter(file, firstLine, 1)));

    internal static IEnumerable<SqlStatement> Statements(ScriptCursor cursor)
    {
        var reader = new StatementReader(cursor);
        while (reader.Next() is { } statement)
            yield return statement;
    }
}
