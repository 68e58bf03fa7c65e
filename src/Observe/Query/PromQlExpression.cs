namespace Lockkeeper.Observe.Query;

/// <summary>What an expression gives.</summary>
public enum ValueKind
{
    /// <summary>A number.</summary>
    Scalar,

    /// <summary>A value for each of several series.</summary>
    Vector,

    /// <summary>Several values for each of several series.</summary>
    Matrix,

    /// <summary>A text.</summary>
    Text,
}

/// <summary>An expression of PromQL that is understood here.</summary>
/// <param name="Kind">What it gives.</param>
/// <param name="At">Where it begins, from 0.</param>
public abstract record PromQlExpression(ValueKind Kind, int At)
{
    /// <summary>Reads an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <exception cref="PromQlException">It is none, or it uses what is not understood here.</exception>
    public static PromQlExpression Parse(string text) => new PromQlParser(text).Read();

    /// <summary>The expressions that it is made of.</summary>
    public virtual IEnumerable<PromQlExpression> Parts => [];

    /// <summary>Every selector in it with how far back it looks, in milliseconds.</summary>
    public IEnumerable<(SeriesSelector Selector, long Back)> Selectors() => SelectorsOf().Select(one => (one.Selector, one.Back));

    internal IEnumerable<SelectorExpression> SelectorsOf() => this is SelectorExpression one ? [one] : Parts.SelectMany(part => part.SelectorsOf());
}

internal sealed record NumberExpression(double Number, int At) : PromQlExpression(ValueKind.Scalar, At);

internal sealed record TextExpression(string Text, int At) : PromQlExpression(ValueKind.Text, At);

/// <summary><c>metric{label="value"}</c>, with <c>[5m]</c> for the values of that time.</summary>
internal sealed record SelectorExpression(SeriesSelector Selector, long? Range, long Offset, int At) : PromQlExpression(Range is null ? ValueKind.Vector : ValueKind.Matrix, At)
{
    /// <summary>How far back it looks, in milliseconds.</summary>
    public long Back => (Range ?? PromQlEvaluator.LookBack) + Offset;
}

internal sealed record NegatedExpression(PromQlExpression Of) : PromQlExpression(Of.Kind, Of.At)
{
    public override IEnumerable<PromQlExpression> Parts => [Of];
}

internal sealed record CallExpression(PromQlFunction Function, IReadOnlyList<PromQlExpression> Arguments, int At) : PromQlExpression(Function.Result, At)
{
    public override IEnumerable<PromQlExpression> Parts => Arguments;
}

/// <summary><c>sum by (target) (…)</c>.</summary>
/// <param name="Operator">The name.</param>
/// <param name="Of">What is put together.</param>
/// <param name="Parameter">The number of <c>topk</c> and <c>quantile</c>.</param>
/// <param name="Labels">The labels named.</param>
/// <param name="Without">Whether they are those that go.</param>
/// <param name="At">Where it begins.</param>
internal sealed record AggregateExpression(string Operator, PromQlExpression Of, PromQlExpression? Parameter, IReadOnlyList<string> Labels, bool Without, int At) : PromQlExpression(ValueKind.Vector, At)
{
    public override IEnumerable<PromQlExpression> Parts => Parameter is null ? [Of] : [Of, Parameter];
}

/// <summary>How the series of two sides find each other.</summary>
/// <param name="On">Whether only the labels named count, or all but those.</param>
/// <param name="Labels">The labels named.</param>
/// <param name="Many">The side of which several may belong to one of the other: <c>left</c>, <c>right</c> or null.</param>
/// <param name="Include">The labels that the many take from the one.</param>
internal sealed record Matching(bool On, IReadOnlyList<string> Labels, string? Many, IReadOnlyList<string> Include)
{
    public static Matching Default { get; } = new(false, [], null, []);

    public LabelSet Key(LabelSet labels) => On ? labels.Where(Labels.Contains) : labels.Where(name => name != LabelSet.MetricName && !Labels.Contains(name));
}

internal sealed record BinaryExpression(string Operator, PromQlExpression Left, PromQlExpression Right, bool AsNumber, Matching Matching, int At)
    : PromQlExpression(Left.Kind == ValueKind.Scalar && Right.Kind == ValueKind.Scalar ? ValueKind.Scalar : ValueKind.Vector, At)
{
    public bool IsSet => Operator is "and" or "or" or "unless";

    public bool IsComparison => Operator is "==" or "!=" or "<" or ">" or "<=" or ">=";

    public override IEnumerable<PromQlExpression> Parts => [Left, Right];
}
