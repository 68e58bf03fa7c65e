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

    /// <summary>Chado's schema of a version, for example <c>1.31</c>; it needs the operator <c>&lt;@</c> in place of <c>@</c> since PostgreSQL 14.</summary>
    public static string ChadoSchema(string version) => File("chado/usr/share/gmod/chado/schemas", $"{version}/default_schema.sql");

    /// <summary>What brings Chado's schema from one version to another; the same holds.</summary>
    public static string ChadoDiff(string from, string to) => File("chado/usr/share/gmod/chado/schemas", $"{from}-{to}/diff.sql");

    /// <summary>One of Zabbix' files, for example <c>schema</c>; they are packed.</summary>
    public static string Zabbix(string name) => File("zabbix/usr/share/zabbix-server-pgsql", $"{name}.sql.gz");

    /// <summary>The files of Kamailio's modules, in order: the table of versions, which the others write into, comes first.</summary>
    public static IReadOnlyList<string> Kamailio => [.. Files("kamailio/usr/share/kamailio/postgres").OrderBy(file => !file.EndsWith("standard-create.sql", StringComparison.Ordinal))];

    /// <summary>The folder of LedgerSMB's SQL, with lists of the order in <c>changes/LOADORDER</c> and <c>modules/LOADORDER</c>.</summary>
    public static string LedgerSmb => Path.Combine(Folder("ledgersmb"), "usr/share/ledgersmb/sql");

    /// <summary>The files that make DAViCal's database, in order.</summary>
    public static IReadOnlyList<string> Davical =>
    [
        File("awl/usr/share/awl/dba", "awl-tables.sql"), File("awl/usr/share/awl/dba", "schema-management.sql"),
        File("davical/usr/share/davical/dba", "davical.sql"), File("davical/usr/share/davical/dba", "base-data.sql"),
    ];

    /// <summary>DAViCal's patches, each of which looks first whether it is its turn.</summary>
    public static IReadOnlyList<string> DavicalPatches => Files("davical/usr/share/davical/dba/patches");

    /// <summary>pg_partman's scripts, which only CREATE and ALTER EXTENSION can run.</summary>
    public static IReadOnlyList<string> Partman => Files("partman/usr/share/postgresql/15/extension");

    /// <summary>A file of MediaWiki's for PostgreSQL.</summary>
    public static string MediaWiki(string name) => File("mediawiki/usr/share/mediawiki/maintenance/postgres", name);

    /// <summary>The newest schema of Icinga Director.</summary>
    public static string Director => File("director/usr/share/icingaweb2/modules/director/schema", "pgsql.sql");

    /// <summary>Icinga Director's upgrades.</summary>
    public static IReadOnlyList<string> DirectorUpgrades => Files("director/usr/share/icingaweb2/modules/director/schema/pgsql-migrations");

    /// <summary>The newest schema of Icinga's IDO.</summary>
    public static string Ido => File("ido/usr/share/icinga2-ido-pgsql/schema", "pgsql.sql");

    /// <summary>The newest schema of Tiny Tiny RSS.</summary>
    public static string TtRss => File("tt-rss/usr/share/tt-rss/schema", "ttrss_schema_pgsql.sql");

    /// <summary>The upgrades of Tiny Tiny RSS.</summary>
    public static IReadOnlyList<string> TtRssUpgrades => Files("tt-rss/usr/share/tt-rss/schema/versions/pgsql");

    /// <summary>The newest schema of Roundcube.</summary>
    public static string Roundcube => File("roundcube/usr/share/roundcube/SQL", "postgres.initial.sql");

    /// <summary>Roundcube's upgrades.</summary>
    public static IReadOnlyList<string> RoundcubeUpgrades => Files("roundcube/usr/share/roundcube/SQL/postgres");

    /// <summary>GNUmed's files in all folders: scripts for psql in many encodings.</summary>
    public static IReadOnlyList<string> GnuMed => [.. Directory.EnumerateFiles(Folder("gnumed"), "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

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

    private static string File(string folder, string name)
    {
        var parts = folder.Split('/', 2);
        var path = Path.Combine(Folder(parts[0]), parts[1], name);
        return System.IO.File.Exists(path) ? path : throw new InvalidOperationException($"There is no {path}: remove its folder from the cache and run eng/setup test.");
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
