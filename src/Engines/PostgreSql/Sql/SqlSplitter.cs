using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Splits a script into the statements that psql would send, with their exact places.</summary>
public static class SqlSplitter
{
    /// <summary>Splits a script. Empty statements and comments around statements are dropped.</summary>
    /// <param name="text">The script; a byte order mark at its start is passed over.</param>
    /// <param name="file">Its path as people should read it in errors.</param>
    /// <param name="firstLine">The line of the file where the script starts, from 1.</param>
    /// <param name="firstColumn">The column of that line where the script starts, from 1.</param>
    /// <exception cref="LockkeeperException">The script holds an unterminated quote or comment, a psql meta-command or a NUL; nothing was
    /// run, and the error names the place where the thing starts.</exception>
    public static IReadOnlyList<SqlStatement> Split(string text, string file, int firstLine = 1, int firstColumn = 1)
    {
        var place = new PlaceCounter(text, file, firstLine, firstColumn);
        var nul = text.IndexOf('\0', StringComparison.Ordinal);
        if (nul >= 0)
        {
            throw new LockkeeperException(
                SqlErrors.NulCharacter, "the script holds a NUL character",
                "Remove it; a file with many of them is probably saved as UTF-16: save it as UTF-8.", place.At(nul));
        }

        var statements = new List<SqlStatement>();
        var scanner = new SqlScanner(text, text.StartsWith('\uFEFF') ? 1 : 0);
        var extent = new StatementExtent();
        while (true)
        {
            var kind = scanner.Next();
            if (kind is TokenKind.End || (kind is TokenKind.Semicolon && extent.EndsAtSemicolon))
            {
                var inline = extent.TakesInlineData && kind is TokenKind.Semicolon;
                if (!extent.IsEmpty)
                {
                    var statement = new SqlStatement(text.AsMemory(extent.Start..extent.End), extent.Start, place.At(extent.Start));
                    statements.Add(extent.TakesInlineData ? statement with { CopyData = ReadOnlyMemory<char>.Empty } : statement);
                }

                if (kind is TokenKind.End)
                    return statements;
                if (inline)
                {
                    var data = CopyDataReader.Read(text, ref scanner, place);
                    statements[^1] = statements[^1] with { CopyData = data };
                }

                extent = new StatementExtent();
                continue;
            }

            if (kind >= TokenKind.UnterminatedString || kind is TokenKind.Backslash)
                throw ScriptProblem.Describe(kind, text, scanner.Start, place);
            extent.Take(kind, scanner);
        }
    }
}
