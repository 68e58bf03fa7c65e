using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>The lock that another tool holds while it migrates, as a row that stays when its run is killed.</summary>
/// <param name="By">Who holds it, as the tool writes it.</param>
/// <param name="Since">Since when; null when the tool does not say.</param>
/// <param name="Release">How to free one that a dead run has left, as a full sentence.</param>
internal sealed record ForeignLock(string By, DateTimeOffset? Since, string Release)
{
    /// <summary>Why nothing runs beside it.</summary>
    /// <param name="history">The tool with its table.</param>
    public LockkeeperException Refusal(string history) => new(
        MigrateErrors.ForeignLocked, $"{history} is migrating the database now: its lock is held by {By}{(Since is { } since ? $" since {since.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC" : "")}",
        $"Run the command again when it is done. {Release}");
}
