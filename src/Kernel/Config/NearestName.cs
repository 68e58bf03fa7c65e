namespace Lockkeeper.Kernel.Config;

/// <summary>Finds the name that somebody probably meant.</summary>
public static class NearestName
{
    /// <summary>The candidate that differs least from a name, when it is close enough to be a slip: at most a third of its letters.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="candidates">What would be right.</param>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        var allowed = Math.Max(1, Math.Min(name.Length, 40) / 3);
        string? best = null;
        foreach (var candidate in candidates)
        {
            var distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant(), allowed);
            if (distance > allowed)
                continue;
            best = candidate;
            allowed = distance - 1;
        }

        return best;
    }

    /// <summary>A hint: <c>Did you mean 'prod'?</c>, or the list of what would be right.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="candidates">What would be right.</param>
    /// <param name="noun">What the candidates are, in the plural: <c>environments</c>.</param>
    public static string Hint(string name, IReadOnlyCollection<string> candidates, string noun) =>
        Of(name, candidates) is { } near ? $"Did you mean '{near}'?"
        : candidates.Count == 0 ? $"There are no {noun}."
        : $"The {noun} are: {string.Join(", ", candidates)}.";

    /// <summary>Optimal string alignment distance: Levenshtein with swapped neighbours counted as one slip.</summary>
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
            return limit + 1;
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(substitution, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
