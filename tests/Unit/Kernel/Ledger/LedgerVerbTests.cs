using System.Text;
using System.Text.Json;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Tests.Unit.Kernel.Verbs;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Ledger;

public sealed class LedgerVerbTests
{
    [Fact]
    public async Task verify_says_sound_and_prints_the_end_to_note()
    {
        var ledger = ListLedger.With(3);
        var report = await RunAsync("ledger verify", ledger);
        report.Exit.ShouldBe(ExitCode.Done);
        report.Text.ShouldBe([new Line($"The ledger is sound: 3 entries, end 3:{ledger.Head!.Value.Hash}.", Tone.Good)]);
        Json(report).GetProperty("head").GetString().ShouldBe($"3:{ledger.Head.Value.Hash}");
    }

    [Fact]
    public async Task verify_ends_with_findings_and_the_number_of_the_first_bad_entry()
    {
        var ledger = ListLedger.With(5);
        ledger.Entries.RemoveAt(2);
        var report = await RunAsync("ledger verify", ledger);
        report.Exit.ShouldBe(ExitCode.Findings);
        report.Text[0].ShouldBe(new Line("LK1400: entry 3 is missing", Tone.Bad));
        var problem = Json(report).GetProperty("problem");
        problem.GetProperty("code").GetString().ShouldBe("LK1400");
        problem.GetProperty("number").GetInt64().ShouldBe(3);
        problem.GetProperty("kind").GetString().ShouldBe("missing");
    }

    [Fact]
    public async Task verify_takes_the_end_that_it_printed_before()
    {
        var ledger = ListLedger.With(5);
        var noted = Json(await RunAsync("ledger verify", ledger)).GetProperty("head").GetString()!;
        ledger.Append("run.ended", "{}");
        (await RunAsync("ledger verify", ledger, ("head", noted))).Exit.ShouldBe(ExitCode.Done);
        (await RunAsync("ledger verify", ListLedger.With(4), ("head", noted))).Exit.ShouldBe(ExitCode.Findings);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("0:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("5:abc")]
    [InlineData("x:0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task verify_refuses_an_end_that_it_never_printed(string head)
    {
        var error = await Should.ThrowAsync<LockkeeperException>(() => RunAsync("ledger verify", ListLedger.With(1), ("head", head)));
        error.Code.ShouldBe(KernelErrors.WrongUse);
    }

    [Fact]
    public async Task show_prints_the_last_entries_oldest_first()
    {
        var report = await RunAsync("ledger show", ListLedger.With(9), ("last", "2"));
        var table = report.Text.ShouldHaveSingleItem().ShouldBeOfType<Table>();
        table.Rows.Select(row => row[0].Text).ShouldBe(["8", "9"]);
        table.Rows[0].Select(cell => cell.Text).ShouldBe(["8", "2023-11-14 22:13:20", "run1", "dev", "shop", "step.applied", "tester", "8"]);
    }

    [Fact]
    public async Task show_gives_the_body_as_json()
    {
        var entry = Json(await RunAsync("ledger show", ListLedger.With(1))).GetProperty("entries")[0];
        entry.GetProperty("body").GetProperty("version").GetString().ShouldBe("1");
        entry.GetProperty("previous_hash").GetString().ShouldBe(HashChain.Origin);
    }

    [Fact]
    public async Task show_prints_a_body_that_is_no_json_any_more_as_text()
    {
        var ledger = new ListLedger();
        ledger.Append("run.started", "not json {");
        Json(await RunAsync("ledger show", ledger)).GetProperty("entries")[0].GetProperty("body").GetString().ShouldBe("not json {");
    }

    [Fact]
    public async Task show_refuses_a_run_that_is_not_in_the_ledger()
    {
        var error = await Should.ThrowAsync<LockkeeperException>(() => RunAsync("ledger show", ListLedger.With(2), ("run", "r99")));
        error.Code.ShouldBe(KernelErrors.RunUnknown);
        error.Message.ShouldBe("there is no run 'r99' in the ledger");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("99999999999")]
    public async Task show_refuses_a_number_of_entries_that_makes_no_sense(string last)
    {
        var error = await Should.ThrowAsync<LockkeeperException>(() => RunAsync("ledger show", ListLedger.With(2), ("last", last)));
        error.Code.ShouldBe(KernelErrors.WrongUse);
    }

    private static Task<Report> RunAsync(string path, ListLedger ledger, params (string Name, string Value)[] values)
    {
        var verb = LedgerVerbs.All.Single(verb => verb.Path == path);
        var call = new VerbCall(verb, values.ToDictionary(pair => pair.Name, pair => pair.Value), EmptyWorkspace.Create(ledger));
        return verb.Handler(call, CancellationToken.None);
    }

    private static JsonElement Json(Report report)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            report.WriteJson(writer);
        return JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).RootElement;
    }
}
