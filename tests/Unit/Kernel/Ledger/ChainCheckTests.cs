using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Kernel.Ledger;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Ledger;

public sealed class ChainCheckTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50)]
    public async Task a_ledger_that_nobody_touched_is_sound(int entries)
    {
        var answer = await CheckAsync(ListLedger.With(entries));
        answer.Problem.ShouldBeNull();
        answer.Last.Number.ShouldBe(entries);
    }

    [Fact]
    public async Task a_changed_entry_is_named()
    {
        var ledger = ListLedger.With(9);
        ledger.Entries[3] = ledger.Entries[3] with { Fact = ledger.Entries[3].Fact with { Actor = "somebody else" } };
        var answer = await CheckAsync(ledger);
        answer.Problem.ShouldBe(new Tampering(4, TamperKind.Changed));
        answer.Problem!.Words.ShouldBe("entry 4 was changed after it was written");
        answer.Last.Number.ShouldBe(3);
    }

    [Fact]
    public async Task a_deleted_entry_is_named()
    {
        var ledger = ListLedger.With(9);
        ledger.Entries.RemoveAt(3);
        (await CheckAsync(ledger)).Problem.ShouldBe(new Tampering(4, TamperKind.Missing));
    }

    [Fact]
    public async Task a_cut_off_end_is_named()
    {
        var ledger = ListLedger.With(9);
        ledger.Entries.RemoveRange(6, 3);
        (await CheckAsync(ledger)).Problem.ShouldBe(new Tampering(7, TamperKind.TailCutOff));
    }

    [Fact]
    public async Task a_ledger_that_was_emptied_is_named()
    {
        var ledger = ListLedger.With(9);
        ledger.Entries.Clear();
        (await CheckAsync(ledger)).Problem.ShouldBe(new Tampering(1, TamperKind.TailCutOff));
    }

    [Fact]
    public async Task an_entry_in_the_place_of_another_is_named_with_the_number_that_it_was_written_under()
    {
        var ledger = ListLedger.With(9);
        (ledger.Entries[2], ledger.Entries[6]) = (ledger.Entries[6] with { Number = 3 }, ledger.Entries[2] with { Number = 7 });
        (await CheckAsync(ledger)).Problem.ShouldBe(new Tampering(3, TamperKind.OutOfPlace, 7));
    }

    [Fact]
    public async Task an_entry_past_the_recorded_end_is_named()
    {
        var ledger = ListLedger.With(9);
        ledger.Head = (ledger.Entries[6].Number, ledger.Entries[6].Hash);
        (await CheckAsync(ledger)).Problem.ShouldBe(new Tampering(8, TamperKind.Added));
    }

    [Fact]
    public async Task a_lost_record_of_the_end_is_named()
    {
        var ledger = ListLedger.With(9);
        ledger.Head = null;
        (await CheckAsync(ledger)).Problem.ShouldBe(new Tampering(1, TamperKind.Added));
    }

    [Fact]
    public async Task a_chain_that_was_written_anew_does_not_end_in_the_recorded_hash()
    {
        var ledger = ListLedger.With(9);
        var head = ledger.Head;
        Rewrite(ledger, from: 4);
        ledger.Head = head;
        (await CheckAsync(ledger)).Problem.ShouldBe(new Tampering(9, TamperKind.Rewritten));
    }

    [Fact]
    public async Task a_noted_end_finds_out_who_wrote_anew_chain_and_end()
    {
        var ledger = ListLedger.With(9);
        var noted = (ledger.Entries[5].Number, ledger.Entries[5].Hash);
        Rewrite(ledger, from: 4);
        (await CheckAsync(ledger)).Problem.ShouldBeNull();
        (await CheckAsync(ledger, noted)).Problem.ShouldBe(new Tampering(6, TamperKind.Rewritten));
    }

    [Fact]
    public async Task a_noted_end_finds_out_who_cut_off_entries_and_set_the_end_back()
    {
        var ledger = ListLedger.With(9);
        var noted = ledger.Head;
        ledger.Entries.RemoveRange(6, 3);
        ledger.Head = (7 - 1, ledger.Entries[^1].Hash);
        (await CheckAsync(ledger)).Problem.ShouldBeNull();
        (await CheckAsync(ledger, noted)).Problem.ShouldBe(new Tampering(7, TamperKind.TailCutOff));
    }

    [Fact]
    public async Task entries_that_come_while_it_reads_are_no_tampering()
    {
        var ledger = ListLedger.With(3);
        ledger.OnRead = entry =>
        {
            if (entry.Number == 2)
                ledger.Append("run.ended", "{}");
        };
        var answer = await CheckAsync(ledger);
        answer.Problem.ShouldBeNull();
        answer.Last.Number.ShouldBe(4);
    }

    [Fact]
    public void any_single_change_is_found_and_the_first_bad_entry_named() => Check.One(
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(400),
        Prop.ForAll(
            ArbMap.Default.ArbFor<(PositiveInt Size, NonNegativeInt Place, NonNegativeInt Other, NonNegativeInt Kind)>(),
            input =>
            {
                var ledger = ListLedger.With((input.Size.Get % 20) + 2);
                var first = Tamper(ledger, input.Place.Get % ledger.Entries.Count, input.Other.Get % ledger.Entries.Count, input.Kind.Get);
                var problem = CheckAsync(ledger).GetAwaiter().GetResult().Problem;
                return first == problem?.Number;
            }));

    /// <summary>Tampers in one way and tells which entry is the first bad one; null when nothing was changed.</summary>
    private static long? Tamper(ListLedger ledger, int place, int other, int kind)
    {
        var entries = ledger.Entries;
        var entry = entries[place];
        var fact = entry.Fact;
        switch (kind % 12)
        {
            case 0: entries[place] = entry with { Fact = fact with { Kind = fact.Kind + "x" } }; break;
            case 1: entries[place] = entry with { Fact = fact with { Run = fact.Run + "x" } }; break;
            case 2: entries[place] = entry with { Fact = fact with { Environment = fact.Environment is null ? "" : null } }; break;
            case 3: entries[place] = entry with { Fact = fact with { Database = fact.Kind, Kind = fact.Database! } }; break;
            case 4: entries[place] = entry with { Fact = fact with { Body = fact.Body.Insert(1, " ") } }; break;
            case 5: entries[place] = entry with { At = entry.At.AddMilliseconds(1) }; break;
            case 6: entries[place] = entry with { Hash = HashChain.Origin }; break;
            case 7: entries[place] = entry with { PreviousHash = entry.Hash }; break;
            case 8: entries.RemoveAt(place); break;
            case 9: entries.RemoveRange(place, entries.Count - place); break;
            case 10 when place == other: return null;
            case 10:
                (entries[place], entries[other]) = (entries[other] with { Number = place + 1 }, entry with { Number = other + 1 });
                return Math.Min(place, other) + 1;
            default:
                entries.Insert(place, entry);
                return place + 2;
        }

        return place + 1;
    }

    private static void Rewrite(ListLedger ledger, int from)
    {
        var old = ledger.Entries.Skip(from - 1).ToArray();
        ledger.Entries.RemoveRange(from - 1, old.Length);
        ledger.Head = ledger.Entries.Count > 0 ? (ledger.Entries[^1].Number, ledger.Entries[^1].Hash) : null;
        foreach (var entry in old)
            ledger.Append("step.forged", entry.Fact.Body);
    }

    private static Task<ChainAnswer> CheckAsync(ListLedger ledger, (long, string)? noted = null) => ChainCheck.RunAsync(ledger, noted, CancellationToken.None);
}
