using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Tests.Engines.State;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Sqlite;

/// <summary>The ledger in a file: what every ledger does, and what can happen to a file.</summary>
public sealed class SqliteLedgerTests : LedgerContract, IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lk-ledger-");
    private readonly System.Collections.Concurrent.ConcurrentBag<SqliteLedger> opened = [];

    protected override string Place => File;

    private string File => Path.Combine(folder.FullName, ".lockkeeper", "state.db");

    public void Dispose()
    {
        foreach (var ledger in opened)
            ledger.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task only_the_owner_may_read_the_file()
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("these tests run on Linux");
        var ledger = Open();
        await ledger.AppendAsync(Fact("r1", "dev"), default);
        System.IO.File.GetUnixFileMode(Path.GetDirectoryName(File)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(File)!))
            System.IO.File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }

    [Fact]
    public async Task many_that_begin_the_same_file_at_once_make_one_ledger()
    {
        for (var round = 0; round < 20; round++)
        {
            var path = Path.Combine(Path.GetDirectoryName(File)!, $"round{round}", "state.db");
            await Parallel.ForEachAsync(Enumerable.Range(0, 4), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, async (i, cancel) =>
            {
                using var own = new SqliteLedger(path, TimeProvider.System);
                await own.AppendAsync(new LedgerFact("step.applied", $"run{i}", "dev", "shop", "writer", "{}"), cancel);
            });
            using var read = new SqliteLedger(path, TimeProvider.System);
            (await ReadAsync(read, new LedgerFilter())).Select(entry => entry.Number).ShouldBe([1, 2, 3, 4]);
        }
    }

    [Fact]
    public async Task a_file_that_is_no_database_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        var content = new string('x', 5000);
        await System.IO.File.WriteAllTextAsync(File, content);
        await RefusedAsync("is not a SQLite database");
        (await System.IO.File.ReadAllTextAsync(File)).ShouldBe(content);
    }

    [Fact]
    public async Task the_database_of_another_program_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        Execute("CREATE TABLE recipes (name text)");
        await RefusedAsync("is a SQLite database of another program, not a ledger");
    }

    [Fact]
    public async Task a_ledger_of_a_newer_version_is_refused()
    {
        await AppendAsync(1);
        Execute("PRAGMA user_version = 99");
        await RefusedAsync("was written by a newer Lockkeeper");
    }

    [Fact]
    public async Task a_folder_that_cannot_be_made_is_an_error_with_a_hint()
    {
        await System.IO.File.WriteAllTextAsync(Path.Combine(folder.FullName, ".lockkeeper"), "a file where the folder should be");
        var ledger = Open();
        var error = await Should.ThrowAsync<LockkeeperException>(() => ledger.AppendAsync(Fact("r1", "dev"), default));
        error.Code.ShouldBe(KernelErrors.LedgerUnusable);
        error.Hint.ShouldNotBeNull();
    }

    [Fact]
    public async Task a_file_cut_in_half_is_an_error_and_not_a_crash()
    {
        await AppendAsync(200);
        using (var stream = System.IO.File.OpenWrite(File))
            stream.SetLength(stream.Length / 2);
        var ledger = Open();
        var error = await Should.ThrowAsync<LockkeeperException>(() => CheckAsync(ledger));
        error.Code.ShouldBe(KernelErrors.LedgerUnusable);
    }

    [Fact]
    public async Task cancelling_ends_the_wait_for_another_writer()
    {
        await AppendAsync(1);
        using var holder = Connect();
        using var transaction = holder.BeginTransaction(deferred: false);
        var ledger = Open();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Should.ThrowAsync<OperationCanceledException>(() => ledger.AppendAsync(Fact("r1", "dev"), cancel.Token));
        transaction.Rollback();
        (await ledger.AppendAsync(Fact("r1", "dev"), default)).Number.ShouldBe(2);
    }

    protected override ILedger Open()
    {
        var ledger = new SqliteLedger(File, TimeProvider.System);
        opened.Add(ledger);
        return ledger;
    }

    protected override Task<bool> IsThereAsync() => Task.FromResult(Directory.Exists(Path.GetDirectoryName(File)));

    protected override Task ExecuteAsync(string sql)
    {
        Execute(sql);
        return Task.CompletedTask;
    }

    protected override Task DisarmAsync() => ExecuteAsync("DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_never_deleted; DROP TRIGGER head_only_moves_on; DROP TRIGGER head_is_never_deleted");

    private async Task RefusedAsync(string message)
    {
        var ledger = Open();
        foreach (var work in new Func<Task>[] { () => ledger.AppendAsync(Fact("r1", "dev"), default), () => ReadAsync(ledger), () => ledger.HeadAsync(default) })
        {
            var error = await Should.ThrowAsync<LockkeeperException>(work);
            error.Code.ShouldBe(KernelErrors.LedgerUnusable);
            error.Message.ShouldContain(message);
            error.Hint.ShouldNotBeNull();
        }
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    private void Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
