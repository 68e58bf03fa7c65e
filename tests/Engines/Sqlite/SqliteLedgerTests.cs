using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Sqlite;

public sealed class SqliteLedgerTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lk-ledger-");

    private string File => Path.Combine(folder.FullName, ".lockkeeper", "state.db");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task what_was_appended_is_read_back_in_order_and_chained()
    {
        using var ledger = Open();
        var first = await ledger.AppendAsync(Fact("r1", "dev"), default);
        var second = await ledger.AppendAsync(Fact("r1", null) with { Body = """{"text":"zwölf ✓ \u0000"}""" }, default);
        (await ReadAsync(ledger)).ShouldBe([first, second]);
        second.PreviousHash.ShouldBe(first.Hash);
        (await ledger.HeadAsync(default)).ShouldBe((2, second.Hash));
        (await CheckAsync(ledger)).ShouldBeNull();
    }

    [Fact]
    public async Task facts_of_steps_and_other_facts_make_one_chain()
    {
        using var ledger = Open();
        await ledger.AppendAsync(Fact("r1", "dev"), default);
        await ledger.AppendStepAsync(Fact("r1", "dev"), default);
        await ledger.AppendStepAsync(Fact("r1", "dev"), default);
        await ledger.AppendAsync(Fact("r1", "dev"), default);
        (await ReadAsync(ledger)).Select(entry => entry.Number).ShouldBe([1, 2, 3, 4]);
        (await CheckAsync(ledger)).ShouldBeNull();
    }

    [Fact]
    public async Task another_process_goes_on_where_the_last_one_ended()
    {
        await AppendAsync(3);
        await AppendAsync(2);
        using var ledger = Open();
        (await ReadAsync(ledger)).Select(entry => entry.Number).ShouldBe([1, 2, 3, 4, 5]);
        (await CheckAsync(ledger)).ShouldBeNull();
    }

    [Fact]
    public async Task a_ledger_that_does_not_exist_is_empty_and_reading_does_not_make_it()
    {
        using var ledger = Open();
        (await ReadAsync(ledger)).ShouldBeEmpty();
        (await ledger.HeadAsync(default)).ShouldBeNull();
        Directory.Exists(Path.GetDirectoryName(File)).ShouldBeFalse();
    }

    [Fact]
    public async Task only_the_owner_may_read_the_file()
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("these tests run on Linux");
        using var ledger = Open();
        await ledger.AppendAsync(Fact("r1", "dev"), default);
        System.IO.File.GetUnixFileMode(Path.GetDirectoryName(File)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(File)!))
            System.IO.File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }

    [Fact]
    public async Task entries_are_filtered_and_the_last_ones_stay_in_order()
    {
        using var ledger = Open();
        for (var i = 1; i <= 6; i++)
            await ledger.AppendAsync(Fact(i % 2 == 0 ? "even" : "odd", i <= 3 ? "dev" : "prod") with { Kind = i == 6 ? "run.ended" : "step.applied" }, default);
        (await NumbersAsync(new LedgerFilter { Run = "even" })).ShouldBe([2, 4, 6]);
        (await NumbersAsync(new LedgerFilter { Environment = "prod" })).ShouldBe([4, 5, 6]);
        (await NumbersAsync(new LedgerFilter { Kinds = ["run.ended", "nothing"] })).ShouldBe([6]);
        (await NumbersAsync(new LedgerFilter { Last = 2 })).ShouldBe([5, 6]);
        (await NumbersAsync(new LedgerFilter { Run = "odd", Environment = "dev", Last = 1 })).ShouldBe([3]);
        (await NumbersAsync(new LedgerFilter { Run = "x' OR '1'='1" })).ShouldBeEmpty();

        async Task<long[]> NumbersAsync(LedgerFilter filter) => [.. (await ReadAsync(ledger, filter)).Select(entry => entry.Number)];
    }

    [Theory]
    [InlineData("UPDATE entry SET actor = 'somebody' WHERE number = 1", "an entry of the ledger is never changed")]
    [InlineData("DELETE FROM entry WHERE number = 3", "an entry of the ledger is never deleted")]
    [InlineData("DELETE FROM head", "the end of the ledger is never deleted")]
    [InlineData("UPDATE head SET number = 1", "the end of the ledger only moves on")]
    public async Task the_file_itself_refuses_changes(string sql, string message)
    {
        await AppendAsync(3);
        Should.Throw<SqliteException>(() => Execute(sql)).Message.ShouldContain(message);
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
    public async Task processes_append_side_by_side_and_one_that_is_killed_leaves_a_sound_chain()
    {
        var done = Enumerable.Range(1, 3).Select(i => WriterProcess.Start(File, $"writer{i}", 40)).ToArray();
        var killed = WriterProcess.Start(File, "killed", 1_000_000);
        try
        {
            // It has certainly written, and the others are certainly at it.
            for (var i = 0; i < 10; i++)
                (await killed.StandardOutput.ReadLineAsync()).ShouldNotBeNull();
            killed.Kill();
            await killed.WaitForExitAsync();
            foreach (var process in done)
            {
                await process.StandardOutput.ReadToEndAsync();
                await process.WaitForExitAsync();
                process.ExitCode.ShouldBe(0);
            }
        }
        finally
        {
            foreach (var process in done.Append(killed))
            {
                if (!process.HasExited)
                    process.Kill();
                process.Dispose();
            }
        }

        await AppendAsync(1);
        using var ledger = Open();
        var entries = await ReadAsync(ledger);
        entries.Select(entry => entry.Number).ShouldBe(Enumerable.Range(1, entries.Count).Select(number => (long)number));
        for (var i = 1; i <= 3; i++)
            entries.Count(entry => entry.Fact.Run == $"writer{i}").ShouldBe(40);
        entries.Count(entry => entry.Fact.Run == "killed").ShouldBeGreaterThanOrEqualTo(10);
        (await CheckAsync(ledger)).ShouldBeNull();
    }

    [Theory]
    [InlineData("UPDATE entry SET body = replace(body, '1', '2') WHERE number = 2", 2, TamperKind.Changed)]
    [InlineData("UPDATE entry SET at = at + 1 WHERE number = 2", 2, TamperKind.Changed)]
    [InlineData("UPDATE entry SET at = 9223372036854775807 WHERE number = 2", 2, TamperKind.Changed)]
    [InlineData("UPDATE entry SET environment = NULL WHERE number = 2", 2, TamperKind.Changed)]
    [InlineData("DELETE FROM entry WHERE number = 3", 3, TamperKind.Missing)]
    [InlineData("DELETE FROM entry WHERE number > 3", 4, TamperKind.TailCutOff)]
    [InlineData("DELETE FROM entry", 1, TamperKind.TailCutOff)]
    [InlineData("UPDATE entry SET number = -number WHERE number IN (2, 4); UPDATE entry SET number = 6 + number WHERE number < 0", 2, TamperKind.OutOfPlace)]
    [InlineData("UPDATE head SET number = 3, hash = (SELECT hash FROM entry WHERE number = 3)", 4, TamperKind.Added)]
    [InlineData("DELETE FROM head", 1, TamperKind.Added)]
    [InlineData("UPDATE head SET hash = (SELECT hash FROM entry WHERE number = 1)", 5, TamperKind.Rewritten)]
    public async Task who_takes_the_triggers_away_and_changes_something_is_found_out(string sql, long number, TamperKind kind)
    {
        await AppendAsync(5);
        Execute("DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_never_deleted; DROP TRIGGER head_only_moves_on; DROP TRIGGER head_is_never_deleted; " + sql);
        using var ledger = Open();
        var problem = (await CheckAsync(ledger)).ShouldNotBeNull();
        (problem.Number, problem.Kind).ShouldBe((number, kind));
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
        using var ledger = Open();
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
        using var ledger = Open();
        var error = await Should.ThrowAsync<LockkeeperException>(() => CheckAsync(ledger));
        error.Code.ShouldBe(KernelErrors.LedgerUnusable);
    }

    [Fact]
    public async Task cancelling_ends_the_wait_for_another_writer()
    {
        await AppendAsync(1);
        using var holder = Connect();
        using var transaction = holder.BeginTransaction(deferred: false);
        using var ledger = Open();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Should.ThrowAsync<OperationCanceledException>(() => ledger.AppendAsync(Fact("r1", "dev"), cancel.Token));
        transaction.Rollback();
        (await ledger.AppendAsync(Fact("r1", "dev"), default)).Number.ShouldBe(2);
    }

    private static LedgerFact Fact(string run, string? environment) => new("step.applied", run, environment, "shop", "ada", """{"version":"1"}""");

    private static Task<Tampering?> CheckAsync(SqliteLedger ledger) => ChainCheck.RunAsync(ledger, null, default).ContinueWith(answer => answer.GetAwaiter().GetResult().Problem, TaskScheduler.Default);

    private static async Task<List<LedgerEntry>> ReadAsync(SqliteLedger ledger, LedgerFilter? filter = null)
    {
        var entries = new List<LedgerEntry>();
        await foreach (var entry in ledger.ReadAsync(filter ?? new LedgerFilter(), default))
            entries.Add(entry);
        return entries;
    }

    private SqliteLedger Open() => new(File, TimeProvider.System);

    private async Task AppendAsync(int entries)
    {
        using var ledger = Open();
        for (var i = 0; i < entries; i++)
            await ledger.AppendAsync(Fact("r1", "dev"), default);
    }

    private async Task RefusedAsync(string message)
    {
        using var ledger = Open();
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
