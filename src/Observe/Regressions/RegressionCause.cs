namespace Lockkeeper.Observe.Regressions;

/// <summary>What a statement of the workload does with which tables, as its text says.</summary>
/// <param name="Writes">Whether it changes rows.</param>
/// <param name="Names">Tables, columns, functions that its text names, in lower case, without schemas.</param>
internal sealed record StatementShape(bool Writes, IReadOnlySet<string> Names);

/// <summary>Finds what made a statement slower among what was deployed.</summary>
internal static class RegressionCause
{
    /// <summary>Reads and writes suffer from different changes: what cannot be the cause comes last or not at all.</summary>
    private static readonly Mechanism[] forReads = [Mechanism.IndexGone, Mechanism.TypeChanged, Mechanism.RowSecurity, Mechanism.DefinitionChanged, Mechanism.StatisticsMissing, Mechanism.SettingChanged];
    private static readonly Mechanism[] forWrites = [Mechanism.TriggerAdded, Mechanism.IndexGone, Mechanism.TypeChanged, Mechanism.RowSecurity, Mechanism.DefinitionChanged, Mechanism.MoreToKeepUp, Mechanism.StatisticsMissing, Mechanism.SettingChanged];

    /// <summary>The cause of one statement's slowness.</summary>
    /// <param name="slower">The statement.</param>
    /// <param name="shape">What it does.</param>
    /// <param name="changes">What has changed.</param>
    /// <param name="deployed">The statements of the deploy.</param>
    public static Regression Of(SlowerStatement slower, StatementShape shape, IReadOnlyList<StructureChange> changes, IReadOnlyList<DeployedStatement> deployed)
    {
        var moreBlocks = slower.BlocksRatio >= RegressionSearch.LeastBlocksRatio;
        foreach (var mechanism in shape.Writes ? forWrites : forReads)
        {
            if (changes.FirstOrDefault(change => change.Mechanism == mechanism && Concerns(change, shape)) is not { } change)
                continue;
            // Settings and statistics change plans of everything; what names the statement's own table is surer.
            var confidence = mechanism is Mechanism.SettingChanged ? Confidence.Low : moreBlocks || mechanism == Mechanism.TriggerAdded ? Confidence.High : Confidence.Medium;
            return new Regression(slower, mechanism, change.Words, Origin(change, deployed), confidence);
        }

        // Time without work is waiting.
        return !moreBlocks && slower.RowsRatio < 2
            ? new Regression(slower, shape.Writes ? Mechanism.Lock : Mechanism.Unknown, shape.Writes ? "it does the same work and takes longer: it waits, probably for locks" : "it does the same work and takes longer", null, Confidence.Low)
            : new Regression(slower, Mechanism.PlanChanged, "it touches more blocks for the same rows, and nothing that was deployed explains it", null, Confidence.Low);
    }

    private static bool Concerns(StructureChange change, StatementShape shape) => change.Mechanism switch
    {
        Mechanism.SettingChanged => true,
        Mechanism.TypeChanged => shape.Names.Contains(Bare(change.Table)) && shape.Names.Contains(change.Object),
        Mechanism.DefinitionChanged when change.Table.Length == 0 => shape.Names.Contains(Bare(change.Object.Split('(')[0])),
        _ => shape.Names.Contains(Bare(change.Table)),
    };

    /// <summary>The statement of the deploy that names what has changed; of several the one that names most of it.</summary>
    private static DeployedStatement? Origin(StructureChange change, IReadOnlyList<DeployedStatement> deployed)
    {
        var (thing, table) = (Bare(change.Object.Split('(')[0]), Bare(change.Table));
        return deployed
            .Select(statement => (Statement: statement, Score: (Names(statement.Text, thing) ? 2 : 0) + (table.Length > 0 && Names(statement.Text, table) ? 1 : 0)))
            .Where(pair => pair.Score > 0)
            .OrderByDescending(pair => pair.Score)
            .Select(pair => pair.Statement)
            .FirstOrDefault();
    }

    private static bool Names(string text, string name)
    {
        for (var at = text.IndexOf(name, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            if ((at == 0 || !IsWord(text[at - 1])) && (at + name.Length == text.Length || !IsWord(text[at + name.Length])))
                return true;
        }

        return false;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';

    private static string Bare(string name) => name[(name.LastIndexOf('.') + 1)..].Trim('"');
}
