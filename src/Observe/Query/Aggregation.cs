namespace Lockkeeper.Observe.Query;

/// <summary>Puts the values of several series together.</summary>
internal static class Aggregation
{
    public static List<VectorSample> Of(AggregateExpression aggregate, List<VectorSample> vector, double parameter)
    {
        var groups = vector.GroupBy(sample => aggregate.Without
            ? sample.Labels.Where(name => name != LabelSet.MetricName && !aggregate.Labels.Contains(name))
            : sample.Labels.Where(aggregate.Labels.Contains));
        if (aggregate.Operator is not ("topk" or "bottomk"))
            return [.. groups.Select(group => new VectorSample(group.Key, Value(aggregate.Operator, [.. group.Select(sample => sample.Value)], parameter)))];
        var count = double.IsNaN(parameter) || parameter < 1 ? 0 : (int)Math.Min(parameter, int.MaxValue);
        // A NaN comes last in both.
        return [.. groups.SelectMany(group => (aggregate.Operator == "topk"
            ? group.OrderBy(sample => double.IsNaN(sample.Value)).ThenByDescending(sample => sample.Value)
            : group.OrderBy(sample => double.IsNaN(sample.Value)).ThenBy(sample => sample.Value)).Take(count))];
    }

    private static double Value(string name, IReadOnlyList<double> values, double parameter) => name switch
    {
        "sum" => values.Sum(),
        "avg" => values.Average(),
        "count" => values.Count,
        "group" => 1,
        "quantile" => Rates.Quantile(parameter, values),
        "stddev" => Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2))),
        // A NaN gives way to any other value.
        "max" => values.Aggregate((one, other) => other > one || double.IsNaN(one) ? other : one),
        _ => values.Aggregate((one, other) => other < one || double.IsNaN(one) ? other : one),
    };
}
