namespace Lockkeeper.Tests.TestKit;

/// <summary>Migration series of other projects, as <c>eng/corpora</c> fetches them; nothing of them is in this repository.</summary>
public static class Corpora
{
    /// <summary>The files of graphile-worker, in order; its schema is the placeholder <c>:GRAPHILE_WORKER_SCHEMA</c>.</summary>
    public static IReadOnlyList<string> GraphileWorker => Files("graphile-worker/sql");

    /// <summary>The files of stripe-sync-engine, in order; they want the schema <c>stripe</c> on the search path.</summary>
    public static IReadOnlyList<string> StripeSyncEngine => Files("stripe-sync-engine/dist/migrations");

    /// <summary>The files of world-postgres, in order.</summary>
    public static IReadOnlyList<string> WorldPostgres => Files("world-postgres/src/drizzle/migrations");

    /// <summary>The files of pgflow, in order; they want the extension pgmq, which Debian lacks.</summary>
    public static IReadOnlyList<string> Pgflow => Files("pgflow/dist/supabase/migrations");

    /// <summary>The files that openQA deploys for a version of its schema, 63 to 98.</summary>
    public static IReadOnlyList<string> OpenQaDeploy(int version) => Files($"openqa/usr/share/openqa/dbicdh/PostgreSQL/deploy/{version}");

    /// <summary>The files that bring openQA's schema from a version to the next one.</summary>
    public static IReadOnlyList<string> OpenQaUpgrade(int from) => Files($"openqa/usr/share/openqa/dbicdh/PostgreSQL/upgrade/{from}-{from + 1}");

    /// <summary>The folder of goiardi's Sqitch project for PostgreSQL.</summary>
    public static string Goiardi => Path.Combine(Folder("goiardi"), "usr/share/goiardi/sql-files/sql-files/postgres-bundle");

    /// <summary>The folder of a pgpm project: <c>verify</c>, <c>types</c>, <c>inflection</c>, <c>base32</c> or <c>database-jobs</c>.</summary>
    public static string Pgpm(string name) => Folder($"pgpm-{name}");

    /// <summary>The files of the small project that Atlas' tests have for another tool: dbmate, goose or golang-migrate.</summary>
    public static IReadOnlyList<string> AtlasSample(string tool) => Files($"atlas/usr/share/gocode/src/ariga.io/atlas/sql/sqltool/testdata/{tool}");

    /// <summary>PostgreSQL's own regression tests.</summary>
    public static IReadOnlyList<string> PostgreSqlRegress => Files("postgresql-regress/src/test/regress/sql");

    /// <summary>The folder of a series, for example <c>graphile-worker</c>.</summary>
    /// <exception cref="InvalidOperationException">It was not fetched.</exception>
    public static string Folder(string name)
    {
        var folder = Path.Combine(Cache(), name);
        return Directory.Exists(folder)
            ? folder
            : throw new InvalidOperationException($"There is no {folder}: run eng/setup test, which fetches the series that tests read.");
    }

    private static IReadOnlyList<string> Files(string path)
    {
        var parts = path.Split('/', 2);
        var files = Directory.GetFiles(Path.Combine(Folder(parts[0]), parts[1]), "*.sql");
        Array.Sort(files, StringComparer.Ordinal);
        return files.Length > 0 ? files : throw new InvalidOperationException($"There are no .sql files in {path}: remove its folder from the cache and run eng/setup test.");
    }

    /// <summary>The same rule as in eng/corpora.</summary>
    private static string Cache() =>
        NotEmpty("LK_CORPORA")
        ?? Path.Combine(NotEmpty("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "lockkeeper", "corpora");

    private static string? NotEmpty(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
