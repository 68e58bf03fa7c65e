namespace Lockkeeper.LintAgreement;

/// <summary>A place where squawk's rule, or one of ours that is like it, was heard.</summary>
/// <param name="File">The file.</param>
/// <param name="Statement">The statement.</param>
/// <param name="Line">The line that was pointed at.</param>
/// <param name="Rules">Our rules that speak there; empty when only squawk does.</param>
internal sealed record Place(string File, string Statement, int Line, IReadOnlyList<string> Rules);

/// <summary>How one of squawk's rules and ours that are like it agree, a statement each.</summary>
/// <param name="Rule">squawk's rule.</param>
internal sealed record Agreement(string Rule)
{
    public List<Place> Both { get; } = [];

    public List<Place> OnlyLk { get; } = [];

    public List<Place> OnlySquawk { get; } = [];
}

/// <summary>Compares what two linters say, rule by rule and statement by statement.</summary>
internal static class Comparison
{
    /// <summary>squawk speaks of these once a file, and at other statements than lk.</summary>
    private static readonly string[] OnceAFile = ["require-lock-timeout", "require-statement-timeout"];

    public static IReadOnlyList<Agreement> Of(
        IReadOnlyList<Verdict> lk, IReadOnlyList<Verdict> squawk, IReadOnlyList<(string Rule, string Set, IReadOnlyList<string> Peers)> rules, StatementPlaces places)
    {
        var peers = rules.ToDictionary(rule => rule.Rule, rule => rule.Peers, StringComparer.Ordinal);
        var ours = lk.SelectMany(verdict => peers[verdict.Rule].Select(peer => (Key(verdict, peer), verdict))).ToLookup(pair => pair.Item1, pair => pair.verdict);
        var theirs = squawk.ToLookup(verdict => Key(verdict, verdict.Rule));
        var found = new SortedDictionary<string, Agreement>(StringComparer.Ordinal);
        foreach (var key in ours.Select(group => group.Key).Union(theirs.Select(group => group.Key)))
        {
            if (!found.TryGetValue(key.Rule, out var agreement))
                found.Add(key.Rule, agreement = new Agreement(key.Rule));
            var first = ours[key].Concat(theirs[key]).First();
            var place = new Place(key.File, places.StatementAt(first).Text, first.Line, [.. ours[key].Select(verdict => verdict.Rule).Distinct()]);
            (!theirs.Contains(key) ? agreement.OnlyLk : !ours.Contains(key) ? agreement.OnlySquawk : agreement.Both).Add(place);
        }

        return [.. found.Values];

        (string File, int Statement, string Rule) Key(Verdict verdict, string rule) => (verdict.File, OnceAFile.Contains(rule) ? 0 : places.StatementAt(verdict).Place, rule);
    }
}
