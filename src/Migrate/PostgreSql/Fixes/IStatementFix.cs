using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>Rewrites a kind of statement into the sequence that does the same and lets the application go on.</summary>
internal interface IStatementFix
{
    /// <summary>The rules whose findings it takes care of.</summary>
    IReadOnlyList<string> Rules { get; }

    /// <summary>Rewrites a statement.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="rules">The rules that found something in it.</param>
    /// <returns>The safe sequence; null when this fix has nothing to say about it.</returns>
    FixedStatement? Fix(LintedStatement statement, IReadOnlySet<string> rules);
}

/// <summary>What stands in a statement's place.</summary>
/// <param name="Statements">The statements in order, without semicolons; each commits by itself.</param>
/// <param name="Words">What was done, a lower-case phrase each.</param>
internal sealed record FixedStatement(IReadOnlyList<string> Statements, IReadOnlyList<string> Words)
{
    /// <summary>What cannot be made safe here, and why; a lower-case sentence each.</summary>
    public IReadOnlyList<string> Left { get; init; } = [];

    /// <summary>What is to be done in a later release, when no application uses the old form any more.</summary>
    public IReadOnlyList<string> Later { get; init; } = [];

    /// <summary>A statement that stays, with the reason.</summary>
    public static FixedStatement Stays(LintedStatement statement, string reason) => new([statement.Parsed.Text], []) { Left = [reason] };
}
