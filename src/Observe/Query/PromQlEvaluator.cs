using System.Text.RegularExpressions;

namespace Lockkeeper.Observe.Query;

/// <summary>Evaluates an expression at a moment over a source of series, as Prometheus 3 does: a range holds what is after its beginning up to and with its end.</summary>
/// <param name="source">The series.</param>
/// <param name="at">Milliseconds since 1970.</param>
public sealed class PromQlEvaluator(ISeriesSource source, long at)
{
    /// <summary>How far back the last value of a series is taken for its present one, in milliseconds: Prometheus' own 5 minutes.</summary>
    public const long LookBack = 5 * 60_000;

    /// <summary>The value for each series; a number is one sample without labels.</summary>
    /// <param name="expression">The expression.</param>
    /// <exception cref="PromQlException">It gives neither, or two series cannot be told apart.</exception>
    public IReadOnlyList<VectorSample> Evaluate(PromQlExpression expression) => expression.Kind switch
    {
        ValueKind.Scalar => [new VectorSample(LabelSet.Empty, Scalar(expression))],
        ValueKind.Vector => Vector(expression),
        _ => throw new PromQlException("the whole must give a value for each series", expression.At),
    };

    private double Scalar(PromQlExpression expression) => expression switch
    {
        NumberExpression number => number.Number,
        NegatedExpression negated => -Scalar(negated.Of),
        BinaryExpression binary => Arithmetic.Of(binary, Scalar(binary.Left), Scalar(binary.Right)),
        CallExpression { Function.Name: "time" } => at / 1000.0,
        CallExpression { Function.Name: "scalar" } call => Vector(call.Arguments[0]) is [var only] ? only.Value : double.NaN,
        _ => throw new PromQlException("a number was expected here", expression.At),
    };

    private List<VectorSample> Vector(PromQlExpression expression) => expression switch
    {
        SelectorExpression selector => Instant(selector),
        NegatedExpression negated => Map(Vector(negated.Of), value => -value),
        AggregateExpression aggregate => Aggregation.Of(aggregate, Vector(aggregate.Of), aggregate.Parameter is { } parameter ? Scalar(parameter) : 0),
        BinaryExpression binary => Binary(binary),
        CallExpression call => Call(call),
        _ => throw new PromQlException("series were expected here", expression.At),
    };

    private List<VectorSample> Binary(BinaryExpression binary) => (binary.Left.Kind, binary.Right.Kind) switch
    {
        (ValueKind.Vector, ValueKind.Vector) => VectorMatching.Of(binary, Vector(binary.Left), Vector(binary.Right)),
        (ValueKind.Vector, _) => WithNumber(binary, Vector(binary.Left), Scalar(binary.Right), numberLeft: false),
        _ => WithNumber(binary, Vector(binary.Right), Scalar(binary.Left), numberLeft: true),
    };

    private static List<VectorSample> WithNumber(BinaryExpression binary, List<VectorSample> vector, double number, bool numberLeft)
    {
        var result = new List<VectorSample>();
        foreach (var sample in vector)
        {
            var (left, right) = numberLeft ? (number, sample.Value) : (sample.Value, number);
            if (!binary.IsComparison)
                result.Add(new VectorSample(sample.Labels.WithoutMetric(), Arithmetic.Of(binary, left, right)));
            else if (binary.AsNumber)
                result.Add(new VectorSample(sample.Labels.WithoutMetric(), Arithmetic.Holds(binary.Operator, left, right) ? 1 : 0));
            else if (Arithmetic.Holds(binary.Operator, left, right))
                result.Add(sample);
        }

        return result;
    }

    private List<VectorSample> Instant(SelectorExpression selector)
    {
        var to = at - selector.Offset;
        var result = new List<VectorSample>();
        foreach (var series in source.Select(selector.Selector, to - LookBack, to))
        {
            if (series.Points is [.., var last] && !last.IsStale)
                result.Add(new VectorSample(series.Labels, last.Value));
        }

        return result;
    }

    private IEnumerable<(LabelSet Labels, RangeValues Values)> Ranges(PromQlExpression expression)
    {
        var selector = (SelectorExpression)expression;
        var to = at - selector.Offset;
        var from = to - selector.Range!.Value;
        foreach (var series in source.Select(selector.Selector, from, to))
        {
            var points = series.Points.Where(point => !point.IsStale).ToList();
            if (points.Count > 0)
                yield return (series.Labels, new RangeValues(points, from, to));
        }
    }

    private List<VectorSample> Call(CallExpression call)
    {
        var arguments = call.Arguments;
        if (call.Function.OverTime is { } overTime)
        {
            var keepsName = call.Function.Name == "last_over_time";
            return OverTime(arguments[0], overTime, keepsName);
        }

        if (call.Function.OfValue is { } ofValue)
            return Map(Vector(arguments[0]), ofValue);
        return call.Function.Name switch
        {
            "predict_linear" => PredictLinear(arguments[0], Scalar(arguments[1])),
            "quantile_over_time" => QuantileOverTime(Scalar(arguments[0]), arguments[1]),
            "absent" => Vector(arguments[0]).Count > 0 ? [] : [new VectorSample(LabelsOf(arguments[0]), 1)],
            "absent_over_time" => Ranges(arguments[0]).Any() ? [] : [new VectorSample(LabelsOf(arguments[0]), 1)],
            "clamp_min" => Scalar(arguments[1]) is var least ? Map(Vector(arguments[0]), value => Math.Max(value, least)) : [],
            "clamp_max" => Scalar(arguments[1]) is var most ? Map(Vector(arguments[0]), value => Math.Min(value, most)) : [],
            "timestamp" => Timestamps(arguments[0]),
            "vector" => [new VectorSample(LabelSet.Empty, Scalar(arguments[0]))],
            "label_replace" => Replaced(call),
            _ => throw new PromQlException($"the function '{call.Function.Name}' is not known here", call.At),
        };
    }

    private List<VectorSample> OverTime(PromQlExpression range, Func<RangeValues, double?> work, bool keepsName)
    {
        var result = new List<VectorSample>();
        foreach (var (labels, values) in Ranges(range))
        {
            if (work(values) is { } value)
                result.Add(new VectorSample(keepsName ? labels : labels.WithoutMetric(), value));
        }

        return result;
    }

    private List<VectorSample> PredictLinear(PromQlExpression range, double seconds) => OverTime(range, values => Rates.Line(values, at) is { } line ? line.At + line.Slope * seconds : null, keepsName: false);

    private List<VectorSample> QuantileOverTime(double part, PromQlExpression range) => OverTime(range, values => Rates.Quantile(part, values.Points.Select(point => point.Value)), keepsName: false);

    private List<VectorSample> Timestamps(PromQlExpression expression)
    {
        if (expression is not SelectorExpression selector)
            return Map(Vector(expression), _ => at / 1000.0);
        var to = at - selector.Offset;
        return [.. source.Select(selector.Selector, to - LookBack, to).Where(series => series.Points is [.., var last] && !last.IsStale).Select(series => new VectorSample(series.Labels.WithoutMetric(), series.Points[^1].Time / 1000.0))];
    }

    /// <summary>The labels that an absent series would have had: those that its selector names with <c>=</c>.</summary>
    private static LabelSet LabelsOf(PromQlExpression expression) => expression is not SelectorExpression selector
        ? LabelSet.Empty
        : LabelSet.Of(selector.Selector.Matchers.Where(matcher => matcher.Kind == MatchKind.Equal && matcher.Label != LabelSet.MetricName).Select(matcher => new KeyValuePair<string, string>(matcher.Label, matcher.Value)));

    private List<VectorSample> Replaced(CallExpression call)
    {
        var texts = call.Arguments.Skip(1).Select(argument => ((TextExpression)argument).Text).ToList();
        var (target, replacement, from) = (texts[0], texts[1], texts[2]);
        var pattern = new Regex($"^(?:{texts[3]})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline, TimeSpan.FromSeconds(1));
        return [.. Vector(call.Arguments[0]).Select(sample => pattern.Match(sample.Labels[from]) is { Success: true } match ? sample with { Labels = sample.Labels.With(target, match.Result(replacement)) } : sample)];
    }

    private static List<VectorSample> Map(List<VectorSample> vector, Func<double, double> work) => vector.ConvertAll(sample => new VectorSample(sample.Labels.WithoutMetric(), work(sample.Value)));
}
