using System.Text.Json.Nodes;
using Lockkeeper.Backup.Documents;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Backup.Wal;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Backup.Documents;

/// <summary>The page for a disaster.</summary>
public sealed class RecoveryPageTests
{
    private const int SegmentBytes = 16 << 20;

    private static readonly SourcePosition At = new("clusters/shop-prod.yaml", 3, 9);

    private static readonly DateTimeOffset Now = new(2026, 11, 23, 7, 0, 0, TimeSpan.Zero);

    [Fact]
    public void it_says_what_there_is_how_to_restore_what_was_proven_and_what_it_takes() => Golden.Check("tests/Unit/Backup/Documents/recovery-page.md", RecoveryPage.Of(Facts()));

    [Fact]
    public void without_a_drill_it_says_so_and_holds_no_secret()
    {
        var page = RecoveryPage.Of(Facts() with { Drills = [], Forecast = null });
        page.ShouldContain("| last restore that was verified | none |");
        page.ShouldContain("No restore was ever tried.");
        page.ShouldNotContain("hunter2");
        page.ShouldContain("written in clusters/shop-prod.yaml:3:9");
    }

    private static RecoveryFacts Facts()
    {
        var sets = new[] { Set("20261120-030001F", BackupKind.Full, 72, 2), Set("20261120-030001F_20261122-030001D", BackupKind.Differential, 28, 6) };
        var archive = new WalArchive("15-1", [.. Enumerable.Range(1, 10).Select(number => new ArchivedSegment(new WalSegment(1, (ulong)number), Now.AddHours(-80 + (number * 7.9)), 4_000_000))], [], SegmentBytes);
        var drills = new[] { Drill("20261120-030001F", 50, "manifest: postgres: public.orders holds 10 rows instead of 12"), Drill(sets[1].Label, 20, null) };
        var evidence = new[] { new DrillEvidence(sets[1].Label, Now.AddHours(-20), Now.AddHours(-21), null) };
        var view = new RepositoryView(1, "/var/lib/pgbackrest", null, sets, archive);
        return new RecoveryFacts
        {
            Cluster = new ClusterConfig
            {
                Name = "shop-prod",
                File = "clusters/shop-prod.yaml",
                Admin = new Placed<string>("postgres://keeper:hunter2@db1:5432/postgres", At),
                Backup = new Placed<BackupConfig>(
                    new BackupConfig
                    {
                        Repositories =
                        [
                            new(new RepositoryConfig { Path = "/var/lib/pgbackrest", Cipher = new("${file:/run/secrets/backup_pass}", At), DifferentialBackups = 7 }, At),
                            new(new RepositoryConfig { Path = "/shop", Days = 30, ObjectStore = new ObjectStoreConfig("shop-backups", "s3.example.com", "eu", new("${env:BACKUP_KEY}", At), new("${env:BACKUP_SECRET}", At), false, null) }, At),
                        ],
                        RecoveryPoint = TimeSpan.FromMinutes(5),
                        RecoveryTime = TimeSpan.FromMinutes(30),
                    },
                    At),
            },
            Now = Now,
            Server = new ServerPlace("db1", 15, "/var/lib/postgresql/15/main", 5432, "postgres", "/usr/lib/postgresql/15/bin", "/var/lib/lockkeeper/shop-prod/pgbackrest.conf"),
            Maps = [(view, RecoverabilityMap.Of(sets, archive, evidence, Now)), Empty()],
            Alerts = [new Finding("backup-repository-unreadable", Severity.Error, "s3://shop-backups/shop at s3.example.com cannot be used: it does not answer", At)],
            Drills = drills,
            Forecast = new Forecast(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(5), 2),
            Ledger = "whole up to entry 41, hash 3fa9c1d2e4b5a697",
        };
    }

    private static (RepositoryView View, RecoverabilityMap Map) Empty()
    {
        var nothing = new WalArchive("", [], [], SegmentBytes);
        return (new RepositoryView(2, "s3://shop-backups/shop at s3.example.com", "it does not answer", [], nothing), RecoverabilityMap.Of([], nothing, [], Now));
    }

    private static BackupSet Set(string label, BackupKind kind, int hoursAgo, int segment) => new()
    {
        Label = label, Kind = kind, Repository = 1, ArchiveId = "15-1", Started = Now.AddHours(-hoursAgo), Ended = Now.AddHours(-hoursAgo), DatabaseBytes = 5L << 30, CopiedBytes = 5L << 30, RepositoryBytes = 1L << 30,
        FirstSegment = new WalSegment(1, (ulong)segment), LastSegment = new WalSegment(1, (ulong)segment), Start = new Lsn((ulong)segment * SegmentBytes), Stop = new Lsn(((ulong)segment * SegmentBytes) + 40),
    };

    private static JsonObject Drill(string set, int hoursAgo, string? failure) => new()
    {
        ["set"] = set,
        ["at"] = Now.AddHours(-hoursAgo).ToString("O"),
        ["failure"] = failure,
        ["rpo_seconds"] = 42.5,
        ["rto_seconds"] = 251.0,
        ["forecast_seconds"] = 240.0,
        ["phases"] = new JsonArray(new JsonObject { ["name"] = "fetch", ["ms"] = 200_000.0, ["bytes"] = 5L << 30 }, new JsonObject { ["name"] = "replay", ["ms"] = 50_000.0 }),
        ["checks"] = new JsonArray(new JsonObject { ["name"] = "amcheck", ["passed"] = true, ["words"] = "all tables and B-tree indexes are sound" }, new JsonObject { ["name"] = "manifest", ["passed"] = failure is null, ["words"] = failure ?? "12 tables hold the same rows" }),
        ["commands"] = new JsonArray(new JsonObject { ["command"] = "pgbackrest --stanza=shop-prod restore", ["user"] = "postgres", ["exit_code"] = 0, ["output"] = new JsonArray("P00   INFO: restore command end: completed successfully") }),
    };
}
