using Lockkeeper.Kernel.Reports;
using Lockkeeper.Migrate.Proof.Queries;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>Words what a release does to the statements of applications.</summary>
internal static class ProveQueriesText
{
    /// <summary>As data.</summary>
    public static ProvedQueries Data(QueriesProof proof) => new(
        proof.Old.Count, proof.ComparesPlans, [.. proof.Old.Where(Changes).Select(Data)], proof.New is { } fresh ? [.. fresh.Select(Data)] : null, proof.Order is { } order ? RunText.Snake(order.ToString()) : null);

    /// <summary>The lines that sum it up; what speaks against it is among the findings.</summary>
    public static IEnumerable<Line> Lines(QueriesProof proof)
    {
        if (proof.Old.Count > 0)
        {
            var (broken, other, plans) = (proof.Old.Count(query => query.Breaks), proof.Old.Count(query => query.ChangesParameters || query.ChangesResult), proof.Old.Count(query => query.ChangesPlan));
            yield return new Line(
                $"{Plural.Of(proof.Old.Count, "statement")} of the application as it is: {(broken == 0 ? "none fails" : $"{broken} would fail")}, {(other == 0 ? "none" : other)} with other types, {(plans == 0 ? "none" : plans)} with another plan",
                broken > 0 ? Tone.Bad : plans + other > 0 ? Tone.Warning : Tone.Good);
        }

        if (proof.New is not { Count: > 0 } fresh)
            yield break;
        var (before, after) = (fresh.Count(query => query.Before.Error is null), fresh.Count(query => query.After.Error is null));
        yield return new Line($"{Plural.Of(fresh.Count, "new statement")}: {after} work after the migrations, {before} work before them", after == fresh.Count ? Tone.Good : Tone.Bad);
        yield return proof.Order switch
        {
            DeployOrder.Any => new Line("migrations or application: either may go out first", Tone.Good, 1),
            DeployOrder.MigrationsFirst => new Line("the migrations have to go out before the application", Tone.Plain, 1),
            DeployOrder.ApplicationFirst => new Line("the application has to go out before the migrations", Tone.Warning, 1),
            _ => new Line("there is no order in which all statements work all the time", Tone.Bad, 1),
        };
    }

    private static bool Changes(TriedQuery query) => query.Breaks || query.ChangesParameters || query.ChangesResult || query.ChangesPlan;

    private static ProvedQuery Data(TriedQuery query) => new(
        query.Query.Text, query.Query.At?.ToString(), query.Query.CallsPerHour, Changes(query) ? query.Since?.Migration.Id : null, Data(query.Before), Data(query.After));

    private static ProvedAnswer Data(QueryAnswer answer) => new(answer.Error, answer.Parameters, [.. answer.Columns.Select(column => $"{column.Name} {column.Type}")], answer.Plan?.Nodes, answer.Plan?.Cost);
}
