using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Cli.Rendering;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Cli.Rendering;

public sealed class ReportTextTests
{
    private static readonly Table Migrations = new(
        ["version", "name", "state", "what it costs"],
        [
            ["0001", "create_orders", new Cell("applied", Tone.Good), "nothing that runs beside it notices"],
            ["0002", "add_note_to_orders_and_a_name_that_is_really_long", new Cell("pending", Tone.Warning), "ACCESS EXCLUSIVE on public.orders for a moment, and a scan of the whole table under SHARE UPDATE EXCLUSIVE"],
            ["0003", "drop_note", new Cell("refused", Tone.Bad), "column public.orders.note\nand the index on it"],
        ]);

    private static readonly Block[] Blocks =
    [
        new Heading("Plan for shop on prod"),
        new Line("3 migrations are pending."),
        new Line("indented by one level, and long enough to be wrapped on a terminal of sixty columns", Indent: 1),
        Migrations,
        new Line("The script:", Tone.Muted),
        new Code("ALTER TABLE orders\n    ADD COLUMN note text;\n", "sql"),
        new Heading("Next"),
        new Line("Run it.", Tone.Strong),
    ];

    [Fact]
    public void a_report_in_a_pipe_has_lines_of_any_length_and_no_colours() => Golden.Check("tests/Unit/Cli/Golden/report-pipe.txt", Text(Terminal.None));

    [Fact]
    public void a_report_fits_a_terminal() => Golden.Check("tests/Unit/Cli/Golden/report-80.txt", Text(new Terminal(80, Colours: false)));

    [Fact]
    public void a_table_that_cannot_fit_is_written_one_row_below_the_other() =>
        Golden.Check("tests/Unit/Cli/Golden/table-40.txt", ReportText.Of([Wide()], new Terminal(40, Colours: false), new Redactor()));

    [Fact]
    public void colours_are_there_only_when_wanted()
    {
        Text(new Terminal(80, Colours: true)).ShouldContain("\e[32mapplied\e[0m");
        Text(new Terminal(80, Colours: false)).ShouldNotContain('\e');
    }

    [Fact]
    public void a_secret_is_taken_out_even_where_a_line_is_wrapped()
    {
        var redactor = new Redactor();
        redactor.Learn("correct horse battery staple");
        const string text = "the password of the application is correct horse battery staple and nothing else";
        Block[] blocks = [new Line(text), new Table(["a", "b"], [[text, text]]), new Code(text)];
        for (var width = 40; width < 100; width++)
        {
            var printed = ReportText.Of(blocks, new Terminal(width, Colours: false), redactor);
            printed.ShouldNotContain("horse");
            printed.ShouldNotContain("battery");
        }
    }

    [Fact]
    public void a_control_sequence_from_a_server_does_not_reach_the_terminal() =>
        ReportText.Of([new Line("name\e[2J\a"), new Table(["x"], [["a\eb"]]), new Code("c\ed")], Terminal.None, new Redactor()).ShouldNotContain('\e');

    [Fact]
    public void a_long_text_is_given_piece_by_piece_without_secrets()
    {
        var redactor = new Redactor();
        redactor.Learn("hush-hush");
        var made = 0;
        var pieces = ReportText.Pieces([new Line("before"), new LongCode(Enumerable.Range(1, 1000).Select(n => $"line {made = n} hush-hush\n")), new Line("after")], Terminal.None, redactor);
        pieces.Take(3).Last().ShouldStartWith("line 2 ");
        made.ShouldBe(2, "the others are not made before they are asked for");
        var text = string.Concat(pieces);
        text.ShouldStartWith("before\n\nline 1 ");
        text.ShouldEndWith("after\n");
        text.ShouldNotContain("hush-hush");
    }

    [Fact]
    public void an_empty_table_is_not_printed() => ReportText.Of([new Table(["a"], []), new Line("b")], Terminal.None, new Redactor()).Trim().ShouldBe("b");

    [Fact]
    public void no_table_is_wider_than_the_terminal() => Check.One(
        FsCheck.Config.QuickThrowOnFailure,
        Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt Width, NonEmptyArray<NonNull<string>> Cells)>(), input =>
        {
            var width = 40 + (input.Width.Get % 100);
            var cells = input.Cells.Get.Take(6).Select(cell => (Cell)cell.Get).ToArray();
            var table = new Table([.. cells.Select((_, i) => $"column {i}")], [cells, [.. cells.Reverse()]]);
            return ReportText.Of([table], new Terminal(width, Colours: false), new Redactor()).Split('\n').All(line => TextWidth.Of(line) <= width);
        }));

    private static string Text(Terminal terminal) => ReportText.Of(Blocks, terminal, new Redactor());

    private static Table Wide() => new(
        ["number", "time", "run", "environment", "database", "what", "summary"],
        [
            ["1", "2026-11-22 10:00:00", "r-20261122-100000", "prod", "shop", new Cell("step.applied", Tone.Good), "create_orders"],
            ["2", "2026-11-22 10:00:01", "r-20261122-100000", "prod", "shop", new Cell("step.failed", Tone.Bad), "add_note"],
        ]);
}
