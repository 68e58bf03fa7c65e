using System.Globalization;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Migrate.Proof.Queries;

/// <summary>What speaks against a release because of the statements that applications send.</summary>
internal static class QueryFindings
{
    /// <summary>A plan that the planner takes for so many times as dear as the one before is worth a warning.</summary>
    private const double Dearer = 2;

    private const int LongestText = 100;

    /// <summary>The findings.</summary>
    public static IEnumerable<Finding> Of(QueriesProof proof)
    {
        foreach (var query in proof.Old)
        {
            if (query.Breaks)
                yield return About(query, "breaks-query", Severity.Error, $"fails{Since(query)}: {query.After.Error}", "Keep what it needs until no version of the application sends it any more.");
            else if (Changes(query) is { } change)
                yield return change;
        }

        foreach (var query in proof.New ?? [])
        {
            if (query.After.Error is { } error)
                yield return About(query, "new-query-fails", Severity.Error, $"fails after the migrations: {error}", query.Before.Error is null ? "It works before them." : null);
            else if (Changes(query) is { } change)
                yield return change;
        }

        if (proof.Order == DeployOrder.None && proof.New!.All(query => query.After.Error is null))
            yield return new Finding("no-deploy-order", Severity.Error, "old statements break on the new schema, and new ones need it: whichever goes first, statements fail until the other follows", null, "Expand first, and take away in a later release.");
    }

    private static Finding? Changes(TriedQuery query)
    {
        if (query.ChangesParameters)
            return About(query, "changes-query-types", Severity.Warning, $"takes ({string.Join(", ", query.After.Parameters)}) in place of ({string.Join(", ", query.Before.Parameters)}){Since(query)}", "A driver that sends a value with its type may be refused.");
        if (query.ChangesResult)
        {
            // What is only added does no harm to who reads columns by name.
            var adds = query.After.Columns.Count > query.Before.Columns.Count && query.After.Columns.Take(query.Before.Columns.Count).SequenceEqual(query.Before.Columns);
            return About(query, "changes-query-result", adds ? Severity.Info : Severity.Warning, $"has another result{Since(query)}: {Difference(query.Before.Columns, query.After.Columns)}",
                "A statement that a session has prepared fails once with 'cached plan must not change result type'.");
        }

        if (!query.ChangesPlan)
            return null;
        var (before, after) = (query.Before.Plan!, query.After.Plan!);
        var dearer = after.Cost > before.Cost * Dearer;
        return About(query, "changes-plan", dearer ? Severity.Warning : Severity.Info,
            string.Create(CultureInfo.InvariantCulture, $"changes its plan{Since(query)}: {PlanChange.Words(before, after)}, cost {before.Cost:0} → {after.Cost:0}"), dearer ? "See which index it loses." : null);
    }

    private static Finding About(TriedQuery query, string rule, Severity severity, string message, string? hint) =>
        new(rule, severity, $"{Short(query.Query.Text)} {message}{Rate(query.Query)}", query.After.ErrorAt ?? query.Query.At ?? (query.Breaks || query.ChangesParameters || query.ChangesResult ? query.Since?.Up.Source.At : null), hint);

    private static string Since(TriedQuery query) => query.Since is { } migration ? $" after {migration.Migration.Title}" : "";

    private static string Rate(AskedQuery query) => query.CallsPerHour is { } calls ? string.Create(CultureInfo.InvariantCulture, $" ({(calls < 10 ? $"{calls:0.#}" : $"{calls:#,0}")} calls an hour)") : "";

    private static string Difference(IReadOnlyList<ResultColumn> before, IReadOnlyList<ResultColumn> after)
    {
        var words = new List<string>();
        words.AddRange(before.Where(column => after.All(other => other.Name != column.Name)).Select(column => $"{column.Name} is gone"));
        words.AddRange(after.Where(column => before.All(other => other.Name != column.Name)).Select(column => $"{column.Name} {column.Type} is new"));
        words.AddRange(from column in after from other in before where other.Name == column.Name && other.Type != column.Type select $"{column.Name} is {column.Type}, was {other.Type}");
        return words.Count == 0 ? "its columns are in another order" : string.Join(", ", words.Distinct());
    }

    /// <summary>A statement in one line.</summary>
    public static string Short(string text)
    {
        var line = string.Join(' ', text.Split([' ', '\n', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestText ? line : $"{line[..LongestText]} …";
    }
}
