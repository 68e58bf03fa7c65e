using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Findings;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Should be looked at; does not stop anything.</summary>
    Warning,

    /// <summary>Stops the change.</summary>
    Error,
}

/// <summary>Something that a check found.</summary>
/// <param name="Rule">The rule's id, lower-case words joined by hyphens.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Message">A lower-case sentence.</param>
/// <param name="At">Where in the input, or null.</param>
/// <param name="Hint">What to do; null when the message says it.</param>
public sealed record Finding(string Rule, Severity Severity, string Message, SourcePosition? At = null, string? Hint = null)
{
    /// <summary>The object that it is about, such as <c>public.orders</c>; null for none in particular.</summary>
    public string? Subject { get; init; }
}
