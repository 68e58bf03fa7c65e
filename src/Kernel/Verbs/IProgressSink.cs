namespace Lockkeeper.Kernel.Verbs;

/// <summary>Where a verb says what it is doing while it works. A face shows it on a terminal, logs it or sends it as events.</summary>
public interface IProgressSink
{
    /// <summary>Says that something worth keeping happened, for example a migration that was applied.</summary>
    /// <param name="text">A short lower-case phrase.</param>
    void Say(string text);

    /// <summary>Says what is going on now; a later call replaces it. Null when nothing is.</summary>
    /// <param name="text">A short lower-case phrase.</param>
    /// <param name="done">How many are done, when it can be counted.</param>
    /// <param name="total">Of how many.</param>
    void Now(string? text, long? done = null, long? total = null);

    /// <summary>Says who keeps a run from a lock on a target, and who waits behind it; a later call replaces it. Faces that show only words leave it out: what comes of it is said too.</summary>
    /// <param name="target">The target, such as <c>prod/shop</c>.</param>
    /// <param name="run">What was seen; null when nobody is in the way any more.</param>
    void Blocked(string target, BlockedRun? run)
    {
    }
}

/// <summary>Progress that nobody watches.</summary>
public sealed class SilentProgress : IProgressSink
{
    /// <inheritdoc/>
    public void Say(string text)
    {
    }

    /// <inheritdoc/>
    public void Now(string? text, long? done = null, long? total = null)
    {
    }
}
