using System.Data.Common;
using Lockkeeper.Kernel.Ledger;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.State;

/// <summary>What every store of the ledger does, wherever it keeps it.</summary>
public abstract class LedgerContract
{
    /// <summary>A file, or the URL of a database.</summary>
    protected abstract string Place { get; }

    protected static LedgerFact Fact(string run, string? environment) => new("step.applied", run, environment, "shop", "ada", """{"version":"1"}""");

    [Fact]
    public async Task what_was_appended_is_read_back_in_order_and_chained()
    {
        var ledger = Open();
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
        var ledger = Open();
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
        var ledger = Open();
        (await ReadAsync(ledger)).Select(entry => entry.Number).ShouldBe([1, 2, 3, 4, 5]);
        (await CheckAsync(ledger)).ShouldBeNull();
    }

    [Fact]
    public async Task entries_are_filtered_and_the_last_ones_stay_in_order()
    {
        var ledger = Open();
        for (var i = 1; i <= 6; i++)
            await ledger.AppendAsync(Fact(i % 2 == 0 ? "even" : "odd", i <= 3 ? "dev" : "prod") with { Kind = i == 6 ? "run.ended" : "step.applied" }, default);
        (await NumbersAsync(new LedgerFilter { Run = "even" })).ShouldBe([2, 4, 6]);
        (await NumbersAsync(new LedgerFilter { Environment = "prod" })).ShouldBe([4, 5, 6]);
        (await NumbersAsync(new LedgerFilter { Kinds = ["run.ended", "nothing"] })).ShouldBe([6]);
        (await NumbersAsync(new LedgerFilter { Last = 2 })).ShouldBe([5, 6]);
        (await NumbersAsync(new LedgerFilter { Run = "odd", Environment = "dev", Last = 1 })).ShouldBe([3]);
        (await NumbersAsync(new LedgerFilter { After = 4 })).ShouldBe([5, 6]);
        (await NumbersAsync(new LedgerFilter { Run = "odd", After = 6 })).ShouldBeEmpty();
        (await NumbersAsync(new LedgerFilter { Run = "x' OR '1'='1" })).ShouldBeEmpty();

        async Task<long[]> NumbersAsync(LedgerFilter filter) => [.. (await ReadAsync(ledger, filter)).Select(entry => entry.Number)];
    }

    [Theory]
    [InlineData("UPDATE entry SET actor = 'somebody' WHERE number = 1", "an entry of the ledger is never changed")]
    [InlineData("DELETE FROM entry WHERE number = 3", "an entry of the ledger is never deleted")]
    [InlineData("DELETE FROM head", "the end of the ledger is never deleted")]
    [InlineData("UPDATE head SET number = 1", "the end of the ledger only moves on")]
    public async Task the_store_itself_refuses_changes(string sql, string message)
    {
        await AppendAsync(3);
        (await Should.ThrowAsync<DbException>(() => ExecuteAsync(sql))).Message.ShouldContain(message);
    }

    [Fact]
    public async Task processes_append_side_by_side_and_one_that_is_killed_leaves_a_sound_chain()
    {
        var done = Enumerable.Range(1, 3).Select(i => WriterProcess.Start(Place, $"writer{i}", 40)).ToArray();
        var killed = WriterProcess.Start(Place, "killed", 1_000_000);
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
        var ledger = Open();
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
        await DisarmAsync();
        await ExecuteAsync(sql);
        var ledger = Open();
        var problem = (await CheckAsync(ledger)).ShouldNotBeNull();
        (problem.Number, problem.Kind).ShouldBe((number, kind));
    }

    [Fact]
    public async Task a_ledger_that_does_not_exist_is_empty_and_reading_does_not_make_it()
    {
        var ledger = Open();
        (await ReadAsync(ledger)).ShouldBeEmpty();
        (await ledger.HeadAsync(default)).ShouldBeNull();
        (await IsThereAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task many_that_begin_the_same_store_at_once_make_one_ledger()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 6), new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = TestContext.Current.CancellationToken }, async (i, cancel) =>
            await Open().AppendAsync(new LedgerFact("step.applied", $"run{i}", "dev", "shop", "writer", "{}"), cancel));
        (await ReadAsync(Open())).Select(entry => entry.Number).ShouldBe([1, 2, 3, 4, 5, 6]);
        (await CheckAsync(Open())).ShouldBeNull();
    }

    protected static Task<Tampering?> CheckAsync(ILedger ledger) => ChainCheck.RunAsync(ledger, null, default).ContinueWith(answer => answer.GetAwaiter().GetResult().Problem, TaskScheduler.Default);

    protected static async Task<List<LedgerEntry>> ReadAsync(ILedger ledger, LedgerFilter? filter = null)
    {
        var entries = new List<LedgerEntry>();
        await foreach (var entry in ledger.ReadAsync(filter ?? new LedgerFilter(), default))
            entries.Add(entry);
        return entries;
    }

    protected async Task AppendAsync(int entries)
    {
        var ledger = Open();
        for (var i = 0; i < entries; i++)
            await ledger.AppendAsync(Fact("r1", "dev"), default);
        (ledger as IDisposable)?.Dispose();
    }

    protected abstract ILedger Open();

    /// <summary>Whether the store has been made.</summary>
    protected abstract Task<bool> IsThereAsync();

    /// <summary>Runs statements past the ledger.</summary>
    protected abstract Task ExecuteAsync(string sql);

    /// <summary>Takes the triggers away.</summary>
    protected abstract Task DisarmAsync();
}
