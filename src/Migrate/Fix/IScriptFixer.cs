using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Fix;

/// <summary>Rewrites migrations of one engine into what does the same and lets the application go on.</summary>
internal interface IScriptFixer
{
    /// <summary>The engine's name in the configuration.</summary>
    string Engine { get; }

    /// <summary>Rewrites what findings speak of.</summary>
    /// <param name="input">Which migrations, and what is known.</param>
    /// <param name="policy">Which findings count.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The migrations with findings, in the order of the series.</returns>
    IReadOnlyList<ScriptFix> Fix(LintInput input, LintPolicy policy, CancellationToken cancel);
}

/// <summary>What becomes of a migration's script.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Edits">What changes in its text, in order.</param>
/// <param name="CommitsEach">Whether each statement has to commit by itself now.</param>
internal sealed record ScriptFix(Migration Migration, IReadOnlyList<TextEdit> Edits, bool CommitsEach)
{
    /// <summary>What was done, a lower-case phrase each.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>What cannot be made safe here, and why.</summary>
    public IReadOnlyList<Finding> Left { get; init; } = [];

    /// <summary>What is to be done in a later release.</summary>
    public IReadOnlyList<string> Later { get; init; } = [];
}

/// <summary>A change of a script's text.</summary>
/// <param name="Start">Where the old text starts, in UTF-16 units.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Text">What stands there now.</param>
internal sealed record TextEdit(int Start, int End, string Text);
