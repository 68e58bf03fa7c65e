using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>A file of a changelog.</summary>
/// <param name="File">Its path below the migrations folder.</param>
/// <param name="Path">Its path as Liquibase identifies it.</param>
/// <param name="Shown">Its path as a user would type it.</param>
internal sealed record ChangelogFile(string File, string Path, string Shown)
{
    /// <summary>A place in it.</summary>
    public SourcePosition At(int line, int column = 1) => new(Shown, line, column);

    /// <summary>A mistake in it.</summary>
    public static LockkeeperException Wrong(string message, string hint, SourcePosition at) => new(MigrateErrors.BadScript, message, hint, at);

    /// <summary>Something in it that is not understood here: never passed over, because that would skip a change.</summary>
    public static LockkeeperException NotCovered(string what, string hint, SourcePosition at) => new(MigrateErrors.NotSupported, $"{what} of Liquibase is not covered", hint, at);
}
