using Lockkeeper.Kernel.Doctor;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Looks for PostgreSQL's grammar.</summary>
public static class LibPgQueryCheck
{
    /// <summary>The line of <c>lk doctor</c>.</summary>
    public static DoctorCheck Check { get; } = new("libpg_query", "lk migrate: reads statements by PostgreSQL's own grammar", Look);

    private static Task<DoctorAnswer> Look(Kernel.Verbs.Workspace workspace, CancellationToken cancel)
    {
        try
        {
            return Task.FromResult(new DoctorAnswer(Health.Good, $"grammar of PostgreSQL {SqlParser.LibraryVersion}, {LibPgQuery.Instance.Path}"));
        }
        catch (LockkeeperException e) when (e.Code == SqlErrors.LibraryMissing)
        {
            return Task.FromResult(new DoctorAnswer(Health.Missing, e.Message, LibPgQueryFiles.InstallCommand));
        }
    }
}
