using Lockkeeper.Tests.TestKit;
using Microsoft.Data.Sqlite;

namespace Lockkeeper.Tests.Engines.Cli;

/// <summary>Holds a ledger file so that nobody else can even read it: every verb that needs it waits.</summary>
internal sealed class HeldLedger : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly string path;

    public HeldLedger(string path)
    {
        this.path = path;
        connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        // Without the write-ahead log an exclusive transaction shuts readers out.
        Run("PRAGMA journal_mode = DELETE");
        Run("BEGIN EXCLUSIVE");
    }

    /// <summary>Waits until a process has the file open, so that a signal meets it while it waits.</summary>
    public async Task WaitUntilWantedAsync(LkProcess lk)
    {
        var until = DateTime.UtcNow.AddSeconds(60);
        while (!IsOpenIn(lk.Id))
        {
            if (lk.HasExited || DateTime.UtcNow > until)
                throw new TimeoutException($"lk has not opened {path}\n{lk.Output}\n{lk.Errors}");
            await Task.Delay(20);
        }
    }

    public void Dispose()
    {
        Run("ROLLBACK");
        connection.Dispose();
    }

    private bool IsOpenIn(int process)
    {
        try
        {
            return Directory.GetFiles($"/proc/{process}/fd").Any(link => File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName == path);
        }
        catch (IOException)
        {
            // A descriptor was closed while this looked.
            return false;
        }
    }

    private void Run(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
