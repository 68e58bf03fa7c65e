namespace Lockkeeper.Observe.Query;

/// <summary>An operator between the series of two sides.</summary>
internal static class VectorMatching
{
    public static List<VectorSample> Of(BinaryExpression binary, List<VectorSample> left, List<VectorSample> right)
    {
        var matching = binary.Matching;
        if (binary.IsSet)
            return Set(binary.Operator, matching, left, right);
        // The side of the one is found by its key; with group_right that is the left one.
        var (many, ones) = matching.Many == "right" ? (right, left) : (left, right);
        var byKey = new Dictionary<LabelSet, VectorSample>();
        foreach (var one in ones)
        {
            if (!byKey.TryAdd(matching.Key(one.Labels), one))
                throw new PromQlException($"several series on the {(matching.Many == "right" ? "left" : "right")} side of '{binary.Operator}' have the same labels {matching.Key(one.Labels)}", binary.At);
        }

        var result = new List<VectorSample>();
        var seen = new HashSet<LabelSet>();
        foreach (var sample in many)
        {
            if (!byKey.TryGetValue(matching.Key(sample.Labels), out var one))
                continue;
            var (a, b) = matching.Many == "right" ? (one.Value, sample.Value) : (sample.Value, one.Value);
            if (binary is { IsComparison: true, AsNumber: false } && !Arithmetic.Holds(binary.Operator, a, b))
                continue;
            var labels = Labels(binary, sample, one);
            if (!seen.Add(labels))
                throw new PromQlException($"several series of '{binary.Operator}' become the same one, {labels}: say which labels count with on(…) or group_left", binary.At);
            result.Add(new VectorSample(labels, binary is { IsComparison: true, AsNumber: false } ? a : Arithmetic.Of(binary, a, b)));
        }

        return result;
    }

    private static LabelSet Labels(BinaryExpression binary, VectorSample many, VectorSample one)
    {
        var matching = binary.Matching;
        var labels = binary is { IsComparison: true, AsNumber: false } ? many.Labels : many.Labels.WithoutMetric();
        if (matching.Many is null)
            return matching.On ? labels.Where(matching.Labels.Contains) : labels.Where(name => !matching.Labels.Contains(name));
        foreach (var name in matching.Include)
            labels = labels.With(name, one.Labels[name]);
        return labels;
    }

    private static List<VectorSample> Set(string name, Matching matching, List<VectorSample> left, List<VectorSample> right)
    {
        var there = (name == "or" ? left : right).Select(sample => matching.Key(sample.Labels)).ToHashSet();
        return name switch
        {
            "and" => [.. left.Where(sample => there.Contains(matching.Key(sample.Labels)))],
            "unless" => [.. left.Where(sample => !there.Contains(matching.Key(sample.Labels)))],
            _ => [.. left, .. right.Where(sample => !there.Contains(matching.Key(sample.Labels)))],
        };
    }
}
