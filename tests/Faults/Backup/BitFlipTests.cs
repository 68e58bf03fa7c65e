using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>Single bits of a repository that change by themselves.</summary>
public sealed partial class BitFlipTests(FaultyArchive archive) : IClassFixture<FaultyArchive>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task twenty_flipped_bits_of_backups_and_wal_are_all_named_by_verify()
    {
        await archive.TakeAsync();
        await archive.WriteAsync("one");
        await archive.ArchiveAsync("two");
        // One bit of each file, so that each must be named; sixteen of them lie together in two bundles.
        var random = new Random(20261123);
        var flips = Bundled(Newest()).OrderBy(_ => random.Next()).Take(16).Concat(archive.Project.Segments().TakeLast(4).Select(file => new Place(Path.GetFileName(file), file, 0, (int)new FileInfo(file).Length))).ToList();
        flips.Count.ShouldBe(20);
        foreach (var flip in flips)
            await FlipAsync(flip, random);
        var verify = await archive.Project.RunAsync("verify");
        verify.ExitCode.ShouldBe(1, verify.ToString());
        foreach (var flip in flips)
            verify.Output.ShouldContain(flip.Name);
    }

    /// <summary>One after the other, in files of every kind. What verify does not see must be seen by a drill, or come to nothing: a drill that passes has compared every row with the manifest and has reached the end of the log.</summary>
    [Fact]
    [Trait("Category", "Long")]
    public async Task two_hundred_flipped_bits_are_found_by_verify_or_by_a_drill_or_do_no_harm()
    {
        const int Cases = 200;
        await archive.TakeAsync();
        await archive.ArchiveAsync("after the full backup");
        await archive.RequireAsync("take");
        await archive.ArchiveAsync("after the second");
        await archive.RequireAsync("drill");
        var files = Directory.GetFiles(archive.Project.Repository, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file) is { Length: > 0, LinkTarget: null } && !file.Contains("/latest/", StringComparison.Ordinal))
            .GroupBy(Kind).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Order(StringComparer.Ordinal).ToList());
        var (random, found) = (new Random(20261123), new SortedDictionary<string, FlipCount>(StringComparer.Ordinal));
        for (var i = 0; i < Cases; i++)
        {
            var kind = files.Keys.ElementAt(i % files.Count);
            var file = files[kind][random.Next(files[kind].Count)];
            var whole = await File.ReadAllBytesAsync(file, Cancel);
            await FlipAsync(new Place(kind, file, 0, whole.Length), random);
            found[kind] = found.GetValueOrDefault(kind) + await LookAsync(file);
            await Repositories.OverwriteAsync(file, whole);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', found.Select(one => $"{one.Key}: {one.Value.Verify} found by verify, {one.Value.Drill} by a drill, {one.Value.Harmless} did no harm, as a drill proved")));
        (await archive.Project.RunAsync("verify")).ExitCode.ShouldBe(0, "all is whole again");
        foreach (var kind in new[] { "backup", "WAL" })
            found[kind].Harmless.ShouldBe(0, $"nothing of {kind} is there twice");
        CheckPage.Write("flips", ["file of the repository", "bits", "found by `lk backup verify`", "found by a drill", "no harm, as a drill proved"],
            [.. found.Select(one => new[] { one.Key, $"{one.Value.Sum}", $"{one.Value.Verify}", $"{one.Value.Drill}", $"{one.Value.Harmless}" })]);
    }

    private async Task<FlipCount> LookAsync(string file)
    {
        if ((await archive.Project.RunAsync("verify")).ExitCode != 0)
            return new FlipCount(1, 0, 0);
        var drill = await archive.Project.RunAsync("drill");
        if (drill.ExitCode != 0)
            return new FlipCount(0, 1, 0);
        drill.Output.ShouldContain("tables hold the same rows as at", Case.Sensitive, $"{file}: {drill}");
        return new FlipCount(0, 0, 1);
    }

    private static async Task FlipAsync(Place place, Random random)
    {
        var bytes = await File.ReadAllBytesAsync(place.File, Cancel);
        bytes[place.From + random.Next(place.Length)] ^= (byte)(1 << random.Next(8));
        await Repositories.OverwriteAsync(place.File, bytes);
    }

    private string Newest() => Directory.GetDirectories(Path.Combine(archive.Project.Repository, "backup", "main"), "*F").Order(StringComparer.Ordinal).Last();

    /// <summary>The files of a backup that lie together in bundles, by its own manifest.</summary>
    private static List<Place> Bundled(string set) =>
    [
        .. from line in File.ReadLines(Path.Combine(set, "backup.manifest"))
           let match = BundledFile().Match(line)
           where match.Success
           let facts = JsonNode.Parse(match.Groups["facts"].Value)!
           let length = (int?)facts["repo-size"] ?? 0
           where length > 0
           select new Place($"{match.Groups["name"].Value}.zst", Path.Combine(set, "bundle", $"{(int)facts["bni"]!}"), (int?)facts["bno"] ?? 0, length),
    ];

    private static string Kind(string file) => file.Contains("/archive/", StringComparison.Ordinal)
        ? Path.GetFileName(file).Contains("archive.info", StringComparison.Ordinal) ? "archive.info or its copy" : Path.GetFileName(file).EndsWith(".backup", StringComparison.Ordinal) ? "label of a backup in the archive" : "WAL"
        : file.Contains("/backup.history/", StringComparison.Ordinal) ? "history of backups" : Path.GetFileName(file) switch { "backup.info" or "backup.info.copy" => "backup.info or its copy", "backup.manifest" or "backup.manifest.copy" => "manifest of a backup or its copy", _ => "backup" };

    [GeneratedRegex("^(?<name>pg_data/[^=]+)=(?<facts>\\{.*\"bni\".*\\})$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BundledFile();

    private sealed record Place(string Name, string File, int From, int Length);

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct FlipCount(int Verify, int Drill, int Harmless)
    {
        public int Sum => Verify + Drill + Harmless;

        public static FlipCount operator +(FlipCount one, FlipCount other) => new(one.Verify + other.Verify, one.Drill + other.Drill, one.Harmless + other.Harmless);
    }
}
