namespace Lockkeeper.Kernel.Errors;

/// <summary>The one exception that reaches a user: a numbered code, a lower-case sentence and a hint that tells what to do next.</summary>
public sealed class LockkeeperException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="code">The numbered code.</param>
    /// <param name="message">A lower-case sentence without a full stop.</param>
    /// <param name="hint">A full sentence that says what to do next.</param>
    /// <param name="at">Where in an input file, when the input is at fault.</param>
    /// <param name="inner">The cause, for logs only.</param>
    public LockkeeperException(ErrorCode code, string message, string? hint = null, SourcePosition? at = null, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Hint = hint;
        At = at;
        Exit = code.Exit;
    }

    /// <summary>The numbered code.</summary>
    public ErrorCode Code { get; }

    /// <summary>What to do next; null when there is nothing useful to say.</summary>
    public string? Hint { get; }

    /// <summary>The place in the input; null when no input is at fault.</summary>
    public SourcePosition? At { get; }

    /// <summary>Further facts, one a line, such as the server's own DETAIL or the statement that failed.</summary>
    public IReadOnlyList<ErrorFact> Facts { get; init; } = [];

    /// <summary>Other errors of the same input, found in the same pass.</summary>
    public IReadOnlyList<LockkeeperException> Others { get; init; } = [];

    /// <summary>The exit code; by default that of <see cref="Code"/>.</summary>
    public ExitCode Exit { get; init; }
}

/// <summary>One labelled fact under an error.</summary>
/// <param name="Label">The label, for example <c>DETAIL</c> or <c>STATEMENT</c>.</param>
/// <param name="Text">The text; may have several lines.</param>
public sealed record ErrorFact(string Label, string Text);
