using Lockkeeper.Backup.PostgreSql.PgBackRest;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Backup.Wal;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Backup.PostgreSql.PgBackRest;

/// <summary>What pgBackRest 2.45 writes, as it wrote it.</summary>
public sealed class PgBackRestOutputTests
{
    private const int SegmentBytes = 16 << 20;

    [Fact]
    public void info_gives_sets_with_their_wal_and_what_they_need()
    {
        const string json = """
            [{"archive":[{"database":{"id":1,"repo-key":1},"id":"15-1","max":"000000010000000000000008","min":"000000010000000000000001"}],"backup":[{"archive":{"start":"000000010000000000000006","stop":"000000010000000000000006"},"backrest":{"format":5,"version":"2.45"},"database":{"id":1,"repo-key":1},"error":false,"info":{"delta":101807884,"repository":{"delta":6414368,"size":6414368},"size":101807884},"label":"20261123-030324F","lsn":{"start":"0/6000028","stop":"0/6000100"},"prior":null,"reference":null,"timestamp":{"start":1795403004,"stop":1795403006},"type":"full"},{"archive":{"start":"000000010000000000000007","stop":"000000010000000000000008"},"backrest":{"format":5,"version":"2.45"},"database":{"id":1,"repo-key":1},"error":true,"info":{"delta":8450,"repository":{"delta":416,"size":6414368},"size":101807884},"label":"20261123-030324F_20261123-030327I","lsn":{"start":"0/7000028","stop":"0/8000050"},"prior":"20261123-030324F","reference":["20261123-030324F"],"timestamp":{"start":1795403007,"stop":1795403009},"type":"incr"}],"cipher":"aes-256-cbc","db":[{"id":1,"repo-key":1,"system-id":7711197173842354613,"version":"15"}],"name":"demo","repo":[{"cipher":"aes-256-cbc","key":1,"status":{"code":0,"message":"ok"}}],"status":{"code":0,"lock":{"backup":{"held":false}},"message":"ok"}}]
            """;
        var info = PgBackRestInfo.Parse(json, SegmentBytes);
        info.Systems.ShouldHaveSingleItem().ShouldBe((1, "15-1", 7711197173842354613ul));
        info.Problems.ShouldBeEmpty();
        info.Sets.Count.ShouldBe(2);
        info.Sets[0].Kind.ShouldBe(BackupKind.Full);
        info.Sets[0].ArchiveId.ShouldBe("15-1");
        info.Sets[0].DatabaseBytes.ShouldBe(101807884);
        info.Sets[1].Needs.ShouldBe(["20261123-030324F"]);
        info.Sets[1].LastSegment.ShouldBe(new WalSegment(1, 8));
        info.Sets[1].HasPageErrors.ShouldBeTrue();
        info.Sets[1].Stop.ToString().ShouldBe("0/8000050");
        // The time in the answer has no fraction, and a target before the backup's real end could not be reached.
        info.Sets[1].Ended.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1795403009 + 1));
    }

    [Fact]
    public void a_stanza_that_is_missing_has_no_sets_and_a_problem() =>
        PgBackRestInfo.Parse("""[{"backup":[],"db":[],"name":"demo","repo":[{"cipher":"none","key":1,"status":{"code":1,"message":"missing stanza path"}}],"status":{"code":1,"message":"missing stanza path"}}]""", SegmentBytes)
            .Problems[1].ShouldBe("missing stanza path");

    [Fact]
    public void a_repository_that_cannot_be_read_is_told_from_one_that_is_empty()
    {
        var info = PgBackRestInfo.Of(
        [
            PgBackRestInfo.Parse("""[{"backup":[],"db":[],"name":"demo","repo":[{"cipher":"none","key":1,"status":{"code":99,"message":"[HostConnectError] unable to connect to 'localhost:1': [111] Connection refused\nand more"}}],"status":{"code":99,"message":"other"}}]""", SegmentBytes),
            PgBackRestInfo.Parse("""[{"backup":[],"db":[],"name":"demo","repo":[{"cipher":"none","key":2,"status":{"code":1,"message":"missing stanza path"}}],"status":{"code":1,"message":"missing stanza path"}}]""", SegmentBytes),
        ]);
        info.Unreadable.ShouldBe([1]);
        info.Problems[1].ShouldBe("[HostConnectError] unable to connect to 'localhost:1': [111] Connection refused");
        info.Problems.Count.ShouldBe(2);
    }

    [Fact]
    public void what_a_wrong_pass_makes_of_a_repository_is_read_and_called_that()
    {
        var info = PgBackRestInfo.Parse("[{\"backup\":[],\"db\":[],\"name\":\"s\",\"repo\":[{\"cipher\":\"aes-256-cbc\",\"key\":1,\"status\":{\"code\":99,\"message\":\"[FormatError] unable to load info file '/r/backup.info' or '/r/backup.info.copy':\\nFormatError: key/value found outside of section at line 1: \u000b\u0014\ufffd\"}}],\"status\":{\"code\":99,\"message\":\"other\"}}]", SegmentBytes);
        info.Unreadable.ShouldBe([1]);
        PgBackRestInfo.IsWrongPass(info.Problems[1], isEncrypted: true).ShouldBeTrue();
        PgBackRestInfo.IsWrongPass(info.Problems[1], isEncrypted: false).ShouldBeFalse("then the files are damaged");
    }

    [Fact]
    public void a_listing_gives_whole_segments_and_histories_and_nothing_else()
    {
        const string json = """
            {".":{"type":"path"},"15-1":{"type":"path"},"15-1/00000002.history":{"type":"file","size":41,"time":1795403010},"15-1/0000000100000000":{"type":"path"},"15-1/0000000100000000/000000010000000000000002-04a250f5087ac2d3d5cf2d2db913bb402dc13f64.zst":{"type":"file","size":511360,"time":1795403004},"15-1/0000000100000000/000000010000000000000001-d5b57757ac8042b100f2822bf5e4695092ea8a29.zst":{"type":"file","size":1303088,"time":1795403003},"15-1/0000000100000000/000000010000000000000004-305a18934eb20ae71881c9d8c16a61d0ce9bcc3a.zst.pgbackrest.tmp":{"type":"file","size":4096,"time":1795403006},"15-1/0000000100000000/000000010000000000000006.00000028.backup":{"type":"file","size":400,"time":1795403006},"15-1/0000000100000000/000000010000000000000003.partial-305a18934eb20ae71881c9d8c16a61d0ce9bcc3a.zst":{"type":"file","size":483216,"time":1795403003},"archive.info":{"type":"file","size":368,"time":1795403009}}
            """;
        var listing = PgBackRestListing.Parse(json, SegmentBytes);
        listing.Segments.Keys.ShouldBe(["15-1"]);
        listing.Segments["15-1"].ShouldBe([new ArchivedSegment(new WalSegment(1, 1), DateTimeOffset.FromUnixTimeSeconds(1795403003), 1303088), new ArchivedSegment(new WalSegment(1, 2), DateTimeOffset.FromUnixTimeSeconds(1795403004), 511360)]);
        listing.Histories.ShouldBe([("15-1", 2u, "15-1/00000002.history")]);
    }

    [Fact]
    public void verify_is_read_and_not_believed()
    {
        const string damaged = """
            2026-11-23 03:07:58.770 P01   INFO: invalid checksum '20261123-030324F/pg_data/base/5/16396.zst'
            2026-11-23 03:07:58.889 P00   INFO: stanza: demo
                                                status: error
                                                  backup: 20261123-030324F, status: invalid, total files checked: 977, total valid files: 976
                                                    checksum invalid: 1
            2026-11-23 03:07:58.889 P00   INFO: verify command end: completed successfully (284ms)
            """;
        var found = PgBackRestVerify.Parse(damaged.Split('\n'));
        found.Select(one => one.Words).ShouldBe(["invalid checksum '20261123-030324F/pg_data/base/5/16396.zst'", "the set 20261123-030324F is invalid, total files checked: 977, total valid files: 976", "checksum invalid: 1"], ignoreOrder: true);
        PgBackRestVerify.Parse(["2026-11-23 03:07:58.549 P00   INFO: verify command end: completed successfully (228ms)"]).ShouldBeEmpty();
    }
}
