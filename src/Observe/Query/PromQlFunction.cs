namespace Lockkeeper.Observe.Query;

/// <summary>A function of PromQL.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Result">What it gives.</param>
/// <param name="Arguments">What it takes.</param>
internal sealed record PromQlFunction(string Name, ValueKind Result, IReadOnlyList<ValueKind> Arguments)
{
    private static readonly Dictionary<string, PromQlFunction> Known = All().ToDictionary(one => one.Name, StringComparer.Ordinal);

    /// <summary>Works on the values of a time, one series after the other; null for other functions.</summary>
    public Func<RangeValues, double?>? OverTime { get; private init; }

    /// <summary>Works on each value; null for other functions.</summary>
    public Func<double, double>? OfValue { get; private init; }

    /// <summary>The names of all that are known.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    public static PromQlFunction? Find(string name) => Known.GetValueOrDefault(name);

    private static IEnumerable<PromQlFunction> All() =>
    [
        Over("rate", values => Rates.Extrapolated(values, isCounter: true, perSecond: true)),
        Over("increase", values => Rates.Extrapolated(values, isCounter: true, perSecond: false)),
        Over("delta", values => Rates.Extrapolated(values, isCounter: false, perSecond: false)),
        Over("irate", values => Rates.LastTwo(values, perSecond: true)),
        Over("idelta", values => Rates.LastTwo(values, perSecond: false)),
        Over("deriv", values => Rates.Line(values)?.Slope),
        Over("avg_over_time", values => values.Points.Average(point => point.Value)),
        Over("sum_over_time", values => values.Points.Sum(point => point.Value)),
        Over("count_over_time", values => values.Points.Count),
        Over("last_over_time", values => values.Points[^1].Value),
        Over("present_over_time", _ => 1),
        Over("max_over_time", values => values.Points.Select(point => point.Value).Aggregate(Greater)),
        Over("min_over_time", values => values.Points.Select(point => point.Value).Aggregate(Less)),
        Over("changes", values => Pairs(values).Count(pair => !pair.Before.Equals(pair.After))),
        Over("resets", values => Pairs(values).Count(pair => pair.After < pair.Before)),
        Of("abs", Math.Abs), Of("ceil", Math.Ceiling), Of("floor", Math.Floor), Of("sqrt", Math.Sqrt), Of("exp", Math.Exp), Of("ln", Math.Log), Of("log2", Math.Log2), Of("log10", Math.Log10),
        new("predict_linear", ValueKind.Vector, [ValueKind.Matrix, ValueKind.Scalar]),
        new("quantile_over_time", ValueKind.Vector, [ValueKind.Scalar, ValueKind.Matrix]),
        new("absent", ValueKind.Vector, [ValueKind.Vector]),
        new("absent_over_time", ValueKind.Vector, [ValueKind.Matrix]),
        new("clamp_min", ValueKind.Vector, [ValueKind.Vector, ValueKind.Scalar]),
        new("clamp_max", ValueKind.Vector, [ValueKind.Vector, ValueKind.Scalar]),
        new("time", ValueKind.Scalar, []),
        new("timestamp", ValueKind.Vector, [ValueKind.Vector]),
        new("vector", ValueKind.Vector, [ValueKind.Scalar]),
        new("scalar", ValueKind.Scalar, [ValueKind.Vector]),
        new("label_replace", ValueKind.Vector, [ValueKind.Vector, ValueKind.Text, ValueKind.Text, ValueKind.Text, ValueKind.Text]),
    ];

    private static PromQlFunction Over(string name, Func<RangeValues, double?> work) => new(name, ValueKind.Vector, [ValueKind.Matrix]) { OverTime = work };

    private static PromQlFunction Of(string name, Func<double, double> work) => new(name, ValueKind.Vector, [ValueKind.Vector]) { OfValue = work };

    private static IEnumerable<(double Before, double After)> Pairs(RangeValues values) => values.Points.Zip(values.Points.Skip(1), (before, after) => (before.Value, after.Value));

    // A NaN gives way to any other value.
    private static double Greater(double one, double other) => other > one || double.IsNaN(one) ? other : one;

    private static double Less(double one, double other) => other < one || double.IsNaN(one) ? other : one;
}

/// <summary>The values of a series in a range.</summary>
/// <param name="Points">At least one, none of them stale.</param>
/// <param name="From">Where the range begins, in milliseconds.</param>
/// <param name="To">Where it ends.</param>
internal readonly record struct RangeValues(IReadOnlyList<Point> Points, long From, long To);
