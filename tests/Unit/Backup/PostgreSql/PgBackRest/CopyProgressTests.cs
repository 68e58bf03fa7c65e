using Lockkeeper.Backup.PostgreSql.PgBackRest;
using Lockkeeper.Kernel.Verbs;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Backup.PostgreSql.PgBackRest;

public sealed class CopyProgressTests
{
    [Fact]
    public void bytes_add_up_and_the_rest_is_guessed_from_the_share_of_all_bytes()
    {
        var (clock, sink) = (new Clock(), new Sink());
        var progress = new CopyProgress("backing up shop", sink, clock);
        progress.Follow("P01 DETAIL: backup file /data/base/1/2 (512MB, 1.00%) checksum abc");
        sink.Said[^1].ShouldBe("backing up shop: 512.0 MB 1/100");
        clock.Seconds = 10;
        progress.Follow("P02 DETAIL: backup file /data/base/1/3 (1.5GB, 20.00%) checksum abc");
        sink.Said[^1].ShouldBe("backing up shop: 2.0 GB, about 40 s left 20/100");
        progress.Follow("P00   INFO: check archive for prior segment");
        sink.Said.Count.ShouldBe(2);
    }

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    private sealed class Sink : IProgressSink
    {
        public List<string> Said { get; } = [];

        public void Say(string text)
        {
        }

        public void Now(string? text, long? done = null, long? total = null) => Said.Add($"{text} {done}/{total}");
    }
}
