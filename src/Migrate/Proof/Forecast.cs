namespace Lockkeeper.Migrate.Proof;

/// <summary>What a migration is expected to do to its target.</summary>
/// <param name="ExpectedMs">How long its statements take once they have their locks.</param>
/// <param name="Locks">Its locks that keep others waiting.</param>
internal sealed record Forecast(double ExpectedMs, IReadOnlyList<LockForecast> Locks);

/// <summary>One lock.</summary>
/// <param name="Statement">The number of the statement that takes it.</param>
/// <param name="Relation">The relation.</param>
/// <param name="Mode">The mode.</param>
/// <param name="HoldMs">How long it is held.</param>
/// <param name="BlockedPerSecond">How many statements a second arrive meanwhile and wait; null when the traffic is not known.</param>
/// <param name="Chance">The chance to get it at the first try within the lock time limit; null when nothing is known of those who hold others.</param>
internal sealed record LockForecast(int Statement, string Relation, string Mode, double HoldMs, double? BlockedPerSecond, double? Chance);

/// <summary>Makes forecasts of what was seen on the shadow and what the target says of itself.</summary>
/// <remarks>
/// <para><b>Time.</b> A statement takes the time that it took on the shadow, where tables are all but empty, so its work on the catalog; and for each table that it
/// read from end to end or wrote anew the target's bytes divided by the rate that was measured on the shadow.</para>
/// <para><b>Hold.</b> A lock is held from its statement to the end of the transaction: the sum of the times from there on.</para>
/// <para><b>Blocked.</b> The sum of the rates of the statements that the mode keeps waiting.</para>
/// <para><b>Chance.</b> The lock is had within T when nobody who holds a conflicting one still does after T; who comes later waits behind us. Statements that arrive at
/// a rate λ and run for S (M/G/∞) leave a Poisson number of runners with more than T to go, of mean λ·E[(S−T)⁺], so P = exp(−Σ λ·E[(S−T)⁺]). S is taken as
/// log-normal with the mean and deviation that pg_stat_statements has: E[(S−T)⁺] = m·Φ((μ+σ²−ln T)/σ) − T·Φ((μ−ln T)/σ). A transaction that is open for a already
/// ends within T with the chance T/(T+a), which is what its age alone tells (Gott's rule), and P is multiplied by it.</para>
/// </remarks>
/// <param name="facts">The target's.</param>
/// <param name="rates">This machine's.</param>
/// <param name="lockLimit">How long a statement waits for a lock.</param>
internal sealed class Forecaster(TargetFacts facts, WorkRates rates, TimeSpan lockLimit)
{
    /// <summary>The forecast for a migration.</summary>
    public Forecast Of(ScriptTrace trace)
    {
        var times = trace.Statements.Select(Milliseconds).ToList();
        var locks = new List<LockForecast>();
        for (var i = 0; i < trace.Statements.Count; i++)
        {
            var hold = trace.InTransaction ? times.Skip(i).Sum() : times[i];
            locks.AddRange(trace.Statements[i].Locks.Where(held => held.Blocks.HasFlag(Blocked.Writes)).Select(held => new LockForecast(
                trace.Statements[i].Number, held.Relation, held.Mode, Math.Round(hold, 1), PerSecond(held), Chance(held))));
        }

        return new Forecast(Math.Round(times.Sum(), 1), locks);
    }

    private double Milliseconds(StatementTrace statement) =>
        statement.Milliseconds
        + statement.Scans.Except(statement.Rewrites).Sum(relation => Bytes(relation) / rates.ScanBytesPerMs)
        + statement.Rewrites.Sum(relation => Bytes(relation) / rates.RewriteBytesPerMs);

    private long Bytes(string relation) => facts.Sizes.GetValueOrDefault(relation)?.Bytes ?? 0;

    private double? PerSecond(HeldLock held) => facts.Traffic.Count == 0 ? null : Math.Round(Waiting(held).Sum(traffic => traffic.PerSecond), 6);

    private IEnumerable<Traffic> Waiting(HeldLock held) => facts.Traffic.Where(traffic => traffic.Relation == held.Relation && (traffic.Writes || held.Blocks.HasFlag(Blocked.Reads)));

    private double? Chance(HeldLock held)
    {
        var open = facts.Open.Where(one => one.Relation == held.Relation && (one.Writes || one.Blocks != Blocked.Nothing || held.Blocks.HasFlag(Blocked.Reads))).ToList();
        if (facts.Traffic.Count == 0 && open.Count == 0)
            return null;
        var left = Waiting(held).Sum(traffic => traffic.PerSecond * Excess(traffic.MeanMs / 1000, traffic.DeviationMs / 1000, lockLimit.TotalSeconds));
        var ends = open.Aggregate(1.0, (product, one) => product * lockLimit.TotalSeconds / (lockLimit.TotalSeconds + (one.Seconds ?? lockLimit.TotalSeconds)));
        return Math.Round(Math.Exp(-left) * ends, 4);
    }

    /// <summary>E[(S−T)⁺] of a log-normal S, in seconds.</summary>
    /// <param name="mean">The mean of S.</param>
    /// <param name="deviation">Its standard deviation.</param>
    /// <param name="limit">T.</param>
    internal static double Excess(double mean, double deviation, double limit)
    {
        if (mean <= 0)
            return 0;
        if (deviation <= mean * 1e-6)
            return Math.Max(0, mean - limit);
        var variance = Math.Log(1 + deviation * deviation / (mean * mean));
        var (sigma, mu) = (Math.Sqrt(variance), Math.Log(mean) - variance / 2);
        return Math.Max(0, mean * Normal((mu + variance - Math.Log(limit)) / sigma) - limit * Normal((mu - Math.Log(limit)) / sigma));
    }

    /// <summary>The standard normal distribution function, within 1.5e-7 (Abramowitz and Stegun, 7.1.26).</summary>
    private static double Normal(double x)
    {
        var z = Math.Abs(x) / Math.Sqrt(2);
        var t = 1 / (1 + 0.3275911 * z);
        var tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.Exp(-z * z);
        return x >= 0 ? 1 - tail / 2 : tail / 2;
    }
}
