using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Tools that run files in the order of their names run <c>10_b.sql</c> before <c>9_a.sql</c>; here versions are numbers.</summary>
internal static class NameOrder
{
    /// <summary>Refuses a series whose names and versions disagree about the order.</summary>
    /// <param name="migrations">The migrations in the order of their names.</param>
    /// <param name="tool">The tool that goes by names.</param>
    /// <exception cref="LockkeeperException">Two of them do.</exception>
    public static void Check(IReadOnlyList<Migration> migrations, string tool)
    {
        foreach (var (before, after) in migrations.Zip(migrations.Skip(1)))
        {
            if (before.Version!.CompareTo(after.Version!) <= 0)
                continue;
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{tool} runs {before.Up.File} before {after.Up.File}, because it sorts names as text, and by their numbers they run the other way round",
                "Give all versions the same number of digits.", after.Up.At);
        }
    }
}
