using System.Diagnostics;
using System.Globalization;
using Lockkeeper.Host;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Bench.ObserveScrape;

/// <summary>Our exporter in a process of its own: a scrape for each line of the input, its time and size as the answer.</summary>
internal static class Ours
{
    public static async Task RunAsync()
    {
        using var workspace = WorkspaceFactory.Create(null, new ProcessEnvironment(), new SilentProgress(), new Redactor(), () => throw new InvalidOperationException("nothing listens here"));
        await using var exporter = Exporter.Of(workspace, new TargetSources(new PoolerAccess(), new BackupWatch()));
        while (await Console.In.ReadLineAsync() is { Length: > 0 } line)
        {
            var started = Stopwatch.GetTimestamp();
            await using var stream = new CountingStream();
            var snapshots = await exporter.ScrapeAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
            await MetricsText.WriteAsync(stream, snapshots, MetricsFormat.Prometheus, CancellationToken.None);
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalMilliseconds} {stream.Length}"));
            if (line != "details")
                continue;
            foreach (var sample in snapshots[0].SamplesOf("lockkeeper_collector_duration_seconds").OrderByDescending(sample => sample.Value).Take(14))
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {sample.Labels[0],-20}{sample.Labels[1],-12}{1000 * sample.Value,8:0.0} ms"));
        }
    }

    /// <summary>Takes a page as a socket would, and keeps nothing.</summary>
    private sealed class CountingStream : Stream
    {
        private long length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => length;

        public override long Position { get => length; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => length += count;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            length += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }
}
