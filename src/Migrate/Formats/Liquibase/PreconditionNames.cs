using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>The names that preconditions use.</summary>
internal static class PreconditionNames
{
    /// <summary>What <c>onFail</c> or <c>onError</c> asks for.</summary>
    public static PreconditionOutcome Outcome(string value, string attribute, SourcePosition at) => value.ToUpperInvariant() switch
    {
        "" or "HALT" => PreconditionOutcome.Halt,
        "CONTINUE" => PreconditionOutcome.Continue,
        "MARK_RAN" => PreconditionOutcome.MarkRan,
        "WARN" => PreconditionOutcome.Warn,
        _ => throw ChangelogFile.Wrong($"'{value}' is nothing that {attribute} knows", "Write HALT, CONTINUE, MARK_RAN or WARN.", at),
    };
}
