using System.Globalization;
using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>Moments in the middle of a load: what a restored copy holds is held against the commits in the log itself, as pg_waldump reads them.</summary>
public sealed partial class PointInTimeTests
{
    private static readonly string[] Kinds = ["time", "lsn", "xid", "name"];

    private readonly LocalHost host = new(new ProcessRunner(new Redactor(), TimeProvider.System));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task a_moment_of_each_kind_under_load_is_exactly_the_commit_asked_for() => LandAsync(4, seconds: 6);

    [Fact]
    [Trait("Category", "Long")]
    public Task a_hundred_random_moments_under_load_are_exactly_the_commits_asked_for() => LandAsync(100, seconds: 40);

    private async Task LandAsync(int cases, int seconds)
    {
        await using var project = await BackupProject.CreateAsync();
        await project.SqlAsync("CREATE TABLE marks (x xid8 PRIMARY KEY DEFAULT pg_current_xact_id()); ALTER SYSTEM SET wal_keep_size = '2GB'; SELECT pg_reload_conf()");
        (await project.RunAsync("take", "--type", "full", "--no-manifest")).ExitCode.ShouldBe(0);
        var full = (string)(await project.JsonAsync("list"))["repositories"]![0]!["sets"]![0]!["label"]!;
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancel);
        var load = LoadAsync(project, seconds);
        // A second backup in the middle of it: times and places are restored from the newest that fits.
        (await project.RunAsync("take", "--no-manifest")).ExitCode.ShouldBe(0);
        await load;
        (await project.RunAsync("check")).ExitCode.ShouldBe(0);
        var marks = (await project.Server.ScalarAsync("postgres", "SELECT string_agg(x::text, ',') FROM marks"))!.Split(',').ToHashSet(StringComparer.Ordinal);
        var log = await ReadAsync(project);
        var random = new Random(20261123);
        for (var i = 0; i < cases; i++)
        {
            var target = Pick(log, marks, Kinds[i % Kinds.Length], random);
            var restored = await project.JsonAsync(["restore", "--target", target.Words, .. target.NeedsSet ? new[] { "--set", full } : []]);
            restored["folder"].ShouldNotBeNull($"{target.Words}: {restored.ToJsonString()}");
            var there = (await BackupProject.AskAsync(restored, "SELECT coalesce(string_agg(x::text, ',' ORDER BY x), '') FROM marks")).Trim();
            there.ShouldBe(string.Join(',', log.Take(target.Records).Where(record => record.IsCommit && marks.Contains(record.Xid)).Select(record => record.Xid).OrderBy(xid => long.Parse(xid, CultureInfo.InvariantCulture))), $"{i}: {target.Words}");
            await project.StopAsync(restored);
            Directory.Delete(Path.GetDirectoryName((string)restored["folder"]!)!, recursive: true);
        }
    }

    /// <summary>Four clients that commit, roll back, and write restore points now and then.</summary>
    private async Task LoadAsync(BackupProject project, int seconds)
    {
        using var folder = new TestFolder();
        var commit = folder.Write("commit.sql", "INSERT INTO marks DEFAULT VALUES;\n");
        var rollback = folder.Write("rollback.sql", "BEGIN;\nINSERT INTO marks DEFAULT VALUES;\nROLLBACK;\n");
        var point = folder.Write("point.sql", "SELECT pg_create_restore_point('point ' || pg_current_xact_id()::text || ' ' || pg_backend_pid()::text);\n");
        var server = project.Server.Cluster;
        var bench = await host.RunAsync(
            new HostCommand(Path.Combine(server.BinariesFolder, "pgbench"), "-n", "-c", "4", "-T", $"{seconds}", "-R", "60", "-f", $"{commit}@10", "-f", $"{rollback}@1", "-f", $"{point}@2", server.Url()) { Timeout = TimeSpan.FromMinutes(5) }, Cancel);
        bench.ExitCode.ShouldBe(0, bench.AllOutput);
    }

    /// <summary>The ends of transactions and the restore points, in the order of the log.</summary>
    private async Task<IReadOnlyList<LogRecord>> ReadAsync(BackupProject project)
    {
        var wal = Path.Combine(project.Data, "pg_wal");
        var last = await project.Server.ScalarAsync("postgres", "SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
        var records = new List<LogRecord>();
        foreach (var segment in Directory.GetFiles(wal).Select(file => Path.GetFileName(file)!).Where(name => name.Length == 24 && string.CompareOrdinal(name, last) <= 0).Order(StringComparer.Ordinal))
        {
            // One by one: it takes the empty rest of a segment that was switched for the end of the log. Of the newest one it says that at the end of what is written.
            var dump = await host.RunAsync(new HostCommand(Path.Combine(project.Server.Cluster.BinariesFolder, "pg_waldump"), "-p", wal, segment, segment) { KeepLines = int.MaxValue, Timeout = TimeSpan.FromMinutes(2) }, Cancel);
            records.AddRange(dump.Lines.Where(line => !line.IsError).Select(line => Read(line.Text)).OfType<LogRecord>());
        }

        records.Count(record => record.IsCommit).ShouldBeGreaterThan(50);
        return records;
    }

    private static LogRecord? Read(string line)
    {
        if (Ended().Match(line) is { Success: true } ended)
            return new LogRecord(ended.Groups["xid"].Value, ended.Groups["lsn"].Value, DateTimeOffset.Parse(ended.Groups["time"].Value.Replace(" UTC", "Z", StringComparison.Ordinal), CultureInfo.InvariantCulture), ended.Groups["what"].Value == "COMMIT", null);
        return Named().Match(line) is { Success: true } point ? new LogRecord("", point.Groups["lsn"].Value, null, false, point.Groups["name"].Value) : null;
    }

    private static Target Pick(IReadOnlyList<LogRecord> log, HashSet<string> marks, string kind, Random random)
    {
        var (firstMark, lastMark) = (log.Index().First(one => marks.Contains(one.Item.Xid)).Index, log.Index().Last(one => marks.Contains(one.Item.Xid)).Index);
        if (kind == "name")
        {
            var points = log.Index().Where(one => one.Index > firstMark && one.Index < lastMark && one.Item.Point is not null && one.Item.Point.StartsWith("point ", StringComparison.Ordinal)).ToList();
            var (at, record) = points[random.Next(points.Count)];
            return new Target($"name:{record.Point}", at, NeedsSet: true);
        }

        var commits = log.Index().Where(one => one.Index > firstMark && one.Index < lastMark && marks.Contains(one.Item.Xid)).ToList();
        var (index, chosen) = commits[random.Next(commits.Count)];
        switch (kind)
        {
            case "lsn":
                return new Target(chosen.Lsn, index + 1, NeedsSet: false);
            case "xid":
                return new Target($"xid:{chosen.Xid}", index + 1, NeedsSet: true);
            default:
                // Exactly a commit's time, or somewhere after it. PostgreSQL stops before the first end of a transaction that is later.
                var moment = chosen.At!.Value.AddTicks(random.Next(2) == 0 ? 0 : random.Next(200_000) * TimeSpan.TicksPerMicrosecond);
                var later = log.Index().Where(one => one.Item.At > moment).Select(one => one.Index).DefaultIfEmpty(log.Count).First();
                return new Target(moment.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), later, NeedsSet: false);
        }
    }

    [GeneratedRegex(@"rmgr: Transaction .* tx: +(?<xid>\d+), lsn: (?<lsn>[0-9A-F/]+), .* desc: (?<what>COMMIT|ABORT) (?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ UTC)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ended();

    [GeneratedRegex(@"rmgr: XLOG .* lsn: (?<lsn>[0-9A-F/]+), .* desc: RESTORE_POINT (?<name>.+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();

    /// <summary>The end of a transaction, or a restore point.</summary>
    private sealed record LogRecord(string Xid, string Lsn, DateTimeOffset? At, bool IsCommit, string? Point);

    /// <summary>A target, and how many records of the log lie before it.</summary>
    private sealed record Target(string Words, int Records, bool NeedsSet);
}
