namespace Lockkeeper.Observe.Query;

/// <summary>An expression that cannot be understood or evaluated here.</summary>
/// <param name="message">A lower-case sentence without a full stop.</param>
/// <param name="at">The place in the expression, from 0.</param>
public sealed class PromQlException(string message, int at) : Exception(message)
{
    /// <summary>The place in the expression, from 0.</summary>
    public int At { get; } = at;
}
