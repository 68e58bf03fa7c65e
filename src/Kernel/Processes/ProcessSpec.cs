namespace Lockkeeper.Kernel.Processes;

/// <summary>A program to run. Secrets go into <see cref="Environment"/> or <see cref="Input"/>, never into <see cref="Arguments"/>.</summary>
/// <param name="File">The program: a path, or a name that is looked for in PATH.</param>
/// <param name="Arguments">Its arguments; no shell is in between.</param>
public sealed record ProcessSpec(string File, params IReadOnlyList<string> Arguments)
{
    /// <summary>The folder it starts in; null for this process's own.</summary>
    public string? Folder { get; init; }

    /// <summary>Variables set on top of this process's own; a null value removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Text for its standard input; null for an empty one.</summary>
    public string? Input { get; init; }

    /// <summary>Time limit; null for none. Past it the program and its children are killed.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Called with each line of output as it comes, secrets taken out.</summary>
    public Action<OutputLine>? OnLine { get; init; }

    /// <summary>Leaves secrets in the output: only for a command whose output is a secret, which the caller uses and never shows.</summary>
    public bool KeepSecrets { get; init; }

    /// <summary>How many of the last output lines the result keeps. Default 200.</summary>
    public int KeepLines { get; init; } = 200;
}

/// <summary>A line that a program wrote.</summary>
/// <param name="Text">The line.</param>
/// <param name="IsError">Whether it went to standard error.</param>
public sealed record OutputLine(string Text, bool IsError);

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code; 128 + N when a signal N ended it.</param>
/// <param name="TimedOut">Whether it was killed at its time limit.</param>
/// <param name="Duration">How long it ran.</param>
/// <param name="Lines">The last lines of output, secrets taken out.</param>
public sealed record ProcessResult(int ExitCode, bool TimedOut, TimeSpan Duration, IReadOnlyList<OutputLine> Lines)
{
    /// <summary>Whether it ended by itself with exit code 0.</summary>
    public bool Succeeded => ExitCode == 0 && !TimedOut;

    /// <summary>What it wrote to standard output.</summary>
    public string Output => string.Join('\n', Lines.Where(line => !line.IsError).Select(line => line.Text));

    /// <summary>All that it wrote, in the order in which it came.</summary>
    public string AllOutput => string.Join('\n', Lines.Select(line => line.Text));
}
