using Lockkeeper.Backup.PostgreSql.PgBackRest;
using Lockkeeper.Backup.Wal;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Backup.PostgreSql.PgBackRest;

/// <summary>The folders of an archive, as pgBackRest 2.45 lays them out.</summary>
public sealed class ArchiveFolderTests : IDisposable
{
    private const int SegmentBytes = 16 << 20;
    private const string Sum = "-04a250f5087ac2d3d5cf2d2db913bb402dc13f64";

    private static readonly DateTimeOffset Archived = DateTimeOffset.FromUnixTimeSeconds(1795403003);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lk-archive-");

    [Fact]
    public void whole_segments_and_histories_are_listed_and_nothing_else()
    {
        Make("archive.info", 10);
        Make("15-1/00000002.history", 41);
        Make("15-1/0000000200000000/000000020000000000000003" + Sum + ".zst", 7);
        Make("15-1/0000000100000000/000000010000000000000002" + Sum + ".zst", 5);
        Make("15-1/0000000100000001/000000010000000100000000" + Sum, 6);
        Make("15-1/0000000100000000/000000010000000000000006.00000028.backup", 400);
        Make("15-1/0000000100000000/000000010000000000000003.partial" + Sum + ".zst", 8);
        Make("15-1/0000000100000000/000000010000000000000004" + Sum + ".zst.pgbackrest.tmp", 8);
        Make("15-1/0000000100000000/.hidden", 8);
        Make("16-2/0000000100000000/000000010000000000000001" + Sum + ".gz", 9);

        var listing = ArchiveFolder.TryList(folder.FullName, SegmentBytes)!;
        listing.Segments.Keys.Order().ShouldBe(["15-1", "16-2"]);
        // The second is that of the file, and what is less than one is left out, as in repo-ls.
        listing.Segments["15-1"].ShouldBe([new ArchivedSegment(new WalSegment(1, 2), Archived, 5), new ArchivedSegment(new WalSegment(1, 256), Archived, 6), new ArchivedSegment(new WalSegment(2, 3), Archived, 7)]);
        listing.Segments["16-2"].ShouldHaveSingleItem().Bytes.ShouldBe(9);
        listing.Histories.ShouldBe([("15-1", 2u, "15-1/00000002.history")]);
    }

    [Fact]
    public void an_archive_that_is_not_there_holds_nothing()
    {
        var listing = ArchiveFolder.TryList(Path.Combine(folder.FullName, "no-such-stanza"), SegmentBytes)!;
        listing.Segments.ShouldBeEmpty();
        listing.Histories.ShouldBeEmpty();
    }

    public void Dispose() => folder.Delete(recursive: true);

    private void Make(string path, int bytes)
    {
        var file = Path.Combine(folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, new byte[bytes]);
        File.SetLastWriteTimeUtc(file, Archived.UtcDateTime.AddMilliseconds(700));
    }
}
