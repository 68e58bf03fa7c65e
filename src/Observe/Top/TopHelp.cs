namespace Lockkeeper.Observe.Top;

/// <summary>What the keys do.</summary>
internal static class TopHelp
{
    public const string Short = "q quit  ? keys  tab view  s sort  / filter  enter inspect  e explain  c cancel  t terminate";

    public static TopDetail Detail { get; } = new("keys",
    [
        "1 2 3 4 5     sessions, blocking tree, top queries, replication, pools; tab goes on to the next",
        "up down j k   select; the selection stays with its session or statement, wherever that moves to",
        "s             sort by the next column; r the other way round",
        "/             filter: what is typed must stand in a row; enter keeps it, escape takes it away",
        "enter i       the whole statement of a session, and the locks that it holds and waits for",
        "e             the plan of the statement, which is not executed; that of any parameters for one that has some",
        "c             cancel the statement of a session",
        "t             end a session; its transaction is rolled back",
        "space p       hold the picture",
        "q             quit",
        "",
        "Cancelling and ending are asked about twice, and are entries of the ledger.",
        "Statements show what was executed since the reading before. Passwords in statements are masked.",
    ]);
}
