using Lockkeeper.Tests.TestKit;

namespace Lockkeeper.LintAgreement;

/// <summary>The series of other projects, as plain files in order.</summary>
internal static class RealSeries
{
    public static IEnumerable<(string Name, IReadOnlyList<string> Files)> All =>
    [
        ("graphile-worker", Corpora.GraphileWorker),
        ("stripe-sync-engine", Corpora.StripeSyncEngine),
        ("world-postgres", Corpora.WorldPostgres),
        ("pgflow", Corpora.Pgflow),
        ("openqa", [.. Corpora.OpenQaDeploy(63), .. Enumerable.Range(63, 35).SelectMany(Corpora.OpenQaUpgrade)]),
        ("goiardi", Sqitch(Corpora.Goiardi)),
        ("pgpm", [.. new[] { "verify", "types", "inflection", "base32", "database-jobs" }.SelectMany(name => Sqitch(Corpora.Pgpm(name)))]),
        ("ledgersmb", SqlIn(Path.Combine(Corpora.LedgerSmb, "changes"))),
        ("kamailio", Corpora.Kamailio),
        ("davical", [.. Corpora.Davical, .. Corpora.DavicalPatches]),
        ("director", Corpora.DirectorUpgrades),
        ("ido", [Corpora.Ido]),
        ("tt-rss", Corpora.TtRssUpgrades),
        ("roundcube", [Corpora.Roundcube, .. Corpora.RoundcubeUpgrades]),
        ("mediawiki", [Corpora.MediaWiki("tables-generated.sql"), Corpora.MediaWiki("tables.sql")]),
        ("chado", [Corpora.ChadoSchema("1"), Corpora.ChadoDiff("1", "1.1"), Corpora.ChadoDiff("1.1", "1.2")]),
    ];

    private static IReadOnlyList<string> Sqitch(string project) => SqlIn(Path.Combine(project, "deploy"));

    private static IReadOnlyList<string> SqlIn(string folder) => [.. Directory.EnumerateFiles(folder, "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
