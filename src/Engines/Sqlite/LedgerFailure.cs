using Lockkeeper.Kernel.Errors;
using Microsoft.Data.Sqlite;

namespace Lockkeeper.Engines.Sqlite;

/// <summary>Says in words why the ledger file cannot be used.</summary>
internal static class LedgerFailure
{
    // Result codes: https://sqlite.org/rescode.html
    private const int Permission = 3;
    private const int Busy = 5;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    public static bool IsBusy(SqliteException e) => e.SqliteErrorCode == Busy;

    public static LockkeeperException Of(Exception cause, string path)
    {
        var (message, hint) = cause switch
        {
            SqliteException e => Words(e, path),
            UnauthorizedAccessException => ($"this user may not write the ledger {path}", "Give this user the right to write the file and its folder, or name another place under 'state'."),
            _ => ($"the ledger {path} cannot be opened: {cause.Message}", "Check that the folder under 'state' in lockkeeper.yaml can be written."),
        };
        return new LockkeeperException(KernelErrors.LedgerUnusable, message, hint, inner: cause);
    }

    private static (string Message, string Hint) Words(SqliteException e, string path) => e.SqliteErrorCode switch
    {
        NotADatabase => ($"{path} is not a SQLite database", "Name another file under 'state' in lockkeeper.yaml, or put the ledger's backup in this place."),
        Corrupt => ($"the ledger {path} is damaged: {e.Message}", "Keep the file, and put the ledger's backup in its place."),
        ReadOnly => ($"the ledger {path} is read-only for this user", "Give this user the right to write the file and its folder."),
        Full => ($"the disk of the ledger {path} is full", "Make room on the disk, then run the same command again."),
        CannotOpen or Permission => ($"this user may not open the ledger {path} or write beside it", "Give this user the right to write the file and its folder."),
        InputOutput => ($"the disk of the ledger {path} failed: {e.Message}", "Look at the disk's health and at the system's log."),
        Busy => ($"another process holds the ledger {path}", "Find out which one with: fuser " + path),
        _ => ($"the ledger {path} cannot be used: {e.Message}", "Look at the file with the sqlite3 program."),
    };
}
