using Lockkeeper.Kernel.Reports;
using Lockkeeper.Migrate.Proof.Order;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>Words the trial of an order.</summary>
internal static class OrderText
{
    private const int ShownWords = 10;

    public static ProvedOrder Data(OrderProof proof) => new(
        proof.Late.Id, [.. proof.Newer.Select(migration => migration.Id)], RunText.Snake(proof.Outcome.ToString()), proof.IsFree, proof.Words, proof.NotCompared);

    public static IEnumerable<Line> Lines(OrderProof proof)
    {
        yield return new Line($"{proof.Late.Title}, before and after {proof.NewerWords}", Tone.Strong);
        yield return proof.Outcome switch
        {
            OrderOutcome.Free => new Line("order: free, both make the same schema and rows; recorded", Tone.Good, 1),
            OrderOutcome.ColumnOrder when proof.IsFree => new Line("order: free but for the order of columns, which is accepted; recorded", Tone.Good, 1),
            OrderOutcome.ColumnOrder => new Line("order: free but for the order of columns", Tone.Warning, 1),
            OrderOutcome.Differs => new Line("order: not free", Tone.Bad, 1),
            _ => new Line("order: not tried", Tone.Warning, 1),
        };
        foreach (var words in proof.Words.Take(ShownWords))
            yield return new Line(words, Tone.Plain, 2);
        if (proof.Words.Count > ShownWords)
            yield return new Line($"… and {proof.Words.Count - ShownWords} more", Tone.Muted, 2);
        foreach (var words in proof.NotCompared)
            yield return new Line($"not compared: {words}", Tone.Warning, 2);
    }
}
