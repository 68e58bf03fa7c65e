using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Screens;
using Lockkeeper.Observe.Top;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Top;

public sealed class TopFrameTests
{
    private const string Folder = "tests/Unit/Observe/Top/Golden";

    [Fact]
    public void every_view_looks_as_a_person_has_read_it()
    {
        foreach (var view in Enum.GetValues<TopView>())
            Golden.Check($"{Folder}/{view.ToString().ToLowerInvariant()}.txt", SampleServer.Picture(SampleServer.State() with { View = view }));
        Golden.Check($"{Folder}/narrow.txt", SampleServer.Picture(SampleServer.State(60, 12)));
        Golden.Check($"{Folder}/asked.txt", SampleServer.Picture(SampleServer.State() with { Question = new TopQuestion(SignalKind.Terminate, SampleServer.Reading.Sessions[0], IsSecond: true) }));
        Golden.Check($"{Folder}/detail.txt", SampleServer.Picture(SampleServer.State(60, 14) with { Detail = new TopDetail("plan, not executed", ["Update on orders  (cost=0.29..8.30 rows=0 width=0)", "  ->  Index Scan using orders_pkey on orders  (cost=0.29..8.30 rows=1 width=7)", "        Index Cond: (id = 7)"]) }));
        Golden.Check($"{Folder}/silent.txt", SampleServer.Picture(SampleServer.State(100, 10) with { Now = SampleServer.Now.AddSeconds(42), Filter = "orders", Trouble = "LK2003: shop-prod does not answer: connection refused" }));
        Golden.Check($"{Folder}/empty.txt", SampleServer.Picture(new TopState("shop-prod", new ScreenSize(80, 8), SampleServer.Now)));
    }

    [Fact]
    public void a_picture_has_the_lines_of_the_screen_and_none_is_wider()
    {
        var sizes = Gen.Choose(1, 200).Select(columns => columns).SelectMany(_ => Gen.Choose(4, 60), (columns, rows) => new ScreenSize(columns, rows));
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(sizes.SelectMany(_ => Gen.Elements(Enum.GetValues<TopView>()), (size, view) => (size, view)).ToArbitrary(), one =>
        {
            var lines = TopFrame.Of(SampleServer.State() with { Size = one.size, View = one.view });
            lines.Count.ShouldBe(one.size.Rows);
            // The head and the foot are cut off by the terminal; rows are made to fit while there is room for a text at all.
            if (one.size.Columns >= 60)
                lines.Skip(3).SkipLast(2).ShouldAllBe(line => TextWidth.Of(line.ToString()) <= one.size.Columns);
        }));
    }

    [Fact]
    public void a_deadlock_that_the_server_has_not_found_yet_is_shown_as_well()
    {
        var ring = new[] { SampleServer.Session(1, "a", "d", "active", 1) with { Blockers = [2] }, SampleServer.Session(2, "a", "d", "active", 1) with { Blockers = [1] }, SampleServer.Session(3, "a", "d", "active", 1) with { Blockers = [0] } };
        SessionTree.Of(ring).Select(row => (row.Session.Pid, row.Depth)).ShouldBe([(0, 0), (3, 1), (1, 0), (2, 1)]);
    }

    [Fact]
    public void everybody_who_waits_is_in_the_tree_once_and_below_one_that_is_waited_for()
    {
        var sessions = Gen.Choose(0, 12).ArrayOf().Select(blockers => blockers.Select((blocker, i) => SampleServer.Session(i + 1, "a", "d", "active", i) with { Blockers = blocker == i + 1 || blocker == 0 ? [] : [blocker] }).ToList());
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(sessions.ToArbitrary(), all =>
        {
            var rows = SessionTree.Of(all);
            rows.Select(row => row.Session.Pid).ShouldBeUnique();
            all.Where(one => one.Blockers.Count > 0).Select(one => one.Pid).Except(rows.Select(row => row.Session.Pid)).ShouldBeEmpty();
            for (var i = 0; i < rows.Count; i++)
            {
                if (rows[i].Depth > 0)
                    rows[i].Session.Blockers.ShouldContain(rows.Take(i).Last(row => row.Depth == rows[i].Depth - 1).Session.Pid);
            }
        }));
    }
}
