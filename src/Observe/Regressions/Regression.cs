namespace Lockkeeper.Observe.Regressions;

/// <summary>How sure it is that a deploy made a statement slower, in this way.</summary>
internal enum Confidence
{
    /// <summary>It is slower, and what was deployed explains it only in part.</summary>
    Low,

    /// <summary>What was deployed explains it.</summary>
    Medium,

    /// <summary>What was deployed explains it, and blocks a call say the same as time.</summary>
    High,
}

/// <summary>A statement of a migration, as far as it is needed to find it again.</summary>
/// <param name="File">The file, as the project names it.</param>
/// <param name="Line">The line that it begins on.</param>
/// <param name="Text">The statement.</param>
internal sealed record DeployedStatement(string File, int Line, string Text);

/// <summary>A statement that a deploy made slower.</summary>
/// <param name="Statement">The statement, with its numbers.</param>
/// <param name="Mechanism">How.</param>
/// <param name="Why">The change in words.</param>
/// <param name="By">The statement of the migration that did it; null when none is known.</param>
/// <param name="Confidence">How sure that is.</param>
internal sealed record Regression(SlowerStatement Statement, Mechanism Mechanism, string Why, DeployedStatement? By, Confidence Confidence);
