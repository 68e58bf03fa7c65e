namespace Lockkeeper.Observe.Query;

/// <summary>What an operator makes of two numbers.</summary>
internal static class Arithmetic
{
    public static double Of(BinaryExpression binary, double left, double right) => binary.Operator switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        "%" => left % right,
        "^" => Math.Pow(left, right),
        _ => Holds(binary.Operator, left, right) ? 1 : 0,
    };

    public static bool Holds(string comparison, double left, double right) => comparison switch
    {
        // The IEEE comparison, in which NaN equals nothing.
#pragma warning disable S1244
        "==" => left == right,
        "!=" => left != right,
#pragma warning restore S1244
        "<" => left < right,
        ">" => left > right,
        "<=" => left <= right,
        _ => left >= right,
    };
}
