namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>How a script begins and ends, found while its statements go by: the settings at its start, the statement after them, and the last two.</summary>
internal sealed class ScriptEnds
{
    /// <summary>Settings at the start, at most.</summary>
    private const int MostSettings = 1000;

    private readonly List<(int Index, PreparedStatement Statement)> start = [];
    private (int Index, PreparedStatement Statement)? before;
    private (int Index, PreparedStatement Statement)? last;
    private bool isStart = true;

    /// <summary>The statements, each with its index in the script.</summary>
    public IReadOnlyList<(int Index, PreparedStatement Statement)> Statements =>
        [.. start, .. new[] { before, last }.OfType<(int Index, PreparedStatement Statement)>().Where(end => end.Index > start[^1].Index)];

    /// <summary>Looks at statements that go by.</summary>
    public IEnumerable<PreparedStatement> Watch(IEnumerable<PreparedStatement> statements)
    {
        foreach (var one in statements.Index())
        {
            if (isStart)
                start.Add(one);
            isStart = isStart && start.Count < MostSettings && OwnTransaction.MayStandBefore(one.Item);
            (before, last) = (last, one);
            yield return one.Item;
        }
    }
}
