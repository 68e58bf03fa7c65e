using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Words for a verify script that failed.</summary>
internal static class FailedVerification
{
    /// <summary>The server's own error in the verify script, and what has become of the migration.</summary>
    public static LockkeeperException Explain(LockkeeperException error, PreparedMigration migration, bool isUndone)
    {
        if (error.Code != MigrateErrors.MigrationFailed)
            return error;
        var hint = isUndone
            ? "The migration was undone. Correct it, or its verify script, and run the command again."
            : $"The migration is still in place and not recorded: undo it by hand, or correct {migration.Verify!.Source.File} and run the command again, which looks again.";
        return new LockkeeperException(MigrateErrors.VerifyFailed, $"the verify script of {migration.Migration.Id} failed: {error.Message}", hint, error.At, error.InnerException) { Facts = error.Facts };
    }
}
