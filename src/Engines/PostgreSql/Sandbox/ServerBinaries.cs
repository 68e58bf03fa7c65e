using System.Globalization;
using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>Server programs of one PostgreSQL version.</summary>
/// <param name="Folder">The folder of initdb, postgres and pg_ctl.</param>
/// <param name="MajorVersion">For example 15.</param>
/// <param name="Version">For example 15.20.</param>
public sealed record ServerBinary(string Folder, int MajorVersion, string Version);

/// <summary>Finds PostgreSQL's server programs.</summary>
public static partial class ServerBinaries
{
    private static readonly string[] Needed = ["initdb", "postgres", "pg_ctl"];

    /// <summary>Where packages put them: Debian and Ubuntu, the PostgreSQL project's RPMs, Alpine, Homebrew on both kinds of Mac, FreeBSD and source builds.</summary>
    private static readonly (string Parent, string Pattern, string Below)[] UsualPlaces =
    [
        ("/usr/lib/postgresql", "*", "bin"),
        ("/usr", "pgsql-*", "bin"),
        ("/usr/libexec", "postgresql*", ""),
        ("/opt/homebrew/opt", "postgresql*", "bin"),
        ("/usr/local/opt", "postgresql*", "bin"),
        ("/usr/local", "pgsql", "bin"),
    ];

    /// <summary>Finds the programs to use: the given folder, else the wanted or newest version on this machine, else one from npm.</summary>
    /// <param name="folder">A folder that must be used; null to look.</param>
    /// <param name="majorVersion">The wanted major version; null for the newest.</param>
    /// <param name="ports">The outside.</param>
    /// <param name="cancel">Stops looking.</param>
    /// <exception cref="LockkeeperException">There are none, and none could be fetched.</exception>
    public static async Task<ServerBinary> FindAsync(string? folder, int? majorVersion, SandboxPorts ports, CancellationToken cancel)
    {
        if ((folder ?? ports.Environment.Get("LK_POSTGRES_BIN")) is { Length: > 0 } given)
        {
            var there = await IdentifyAsync(given, ports, cancel)
                ?? throw new LockkeeperException(SandboxErrors.NoBinaries, $"the folder {given} does not hold initdb, postgres and pg_ctl that run here", "Give the folder that 'pg_config --bindir' of a server installation names.");
            return majorVersion is null || there.MajorVersion == majorVersion
                ? there
                : throw new LockkeeperException(SandboxErrors.NoBinaries, $"the folder {given} holds PostgreSQL {there.Version}, and {majorVersion} was asked for", "Give another folder, or none to look for the version.");
        }

        var here = await PresentAsync(ports, cancel);
        return here.FirstOrDefault(found => majorVersion is null || found.MajorVersion == majorVersion)
            ?? await EmbeddedPostgres.GetAsync(majorVersion, ports, cancel);
    }

    /// <summary>All versions on this machine, the newest first.</summary>
    /// <param name="ports">The outside.</param>
    /// <param name="cancel">Stops looking.</param>
    /// <exception cref="LockkeeperException">LK_POSTGRES_BIN_DIRS names a folder that holds none.</exception>
    public static async Task<IReadOnlyList<ServerBinary>> PresentAsync(SandboxPorts ports, CancellationToken cancel)
    {
        var named = await Task.WhenAll(Named(ports).Select(folder => IdentifyNamedAsync(folder, ports, cancel)));
        var folders = InPath(ports).Concat(InUsualPlaces()).Except(named.Select(one => one.Folder), StringComparer.Ordinal);
        var found = await Task.WhenAll(folders.Select(folder => IdentifyAsync(folder, ports, cancel)));
        return [.. named.Concat(found.OfType<ServerBinary>()).OrderByDescending(one => one.MajorVersion).ThenByDescending(one => MinorOf(one.Version))];
    }

    /// <summary>The major versions that need no download, the newest first: installed ones and those fetched before.</summary>
    /// <param name="ports">The outside.</param>
    /// <param name="cancel">Stops looking.</param>
    public static async Task<IReadOnlyList<int>> MajorsHereAsync(SandboxPorts ports, CancellationToken cancel)
    {
        if (ports.Environment.Get("LK_POSTGRES_BIN") is { Length: > 0 } given)
            return await IdentifyAsync(given, ports, cancel) is { } only ? [only.MajorVersion] : [];
        return [.. (await PresentAsync(ports, cancel)).Select(found => found.MajorVersion).Concat(EmbeddedPostgres.CachedMajors(ports)).Distinct().OrderDescending()];
    }

    /// <summary>What a folder holds; null when it is no whole set of server programs.</summary>
    internal static async Task<ServerBinary?> IdentifyAsync(string folder, SandboxPorts ports, CancellationToken cancel)
    {
        if (!Needed.All(program => File.Exists(Path.Combine(folder, program))))
            return null;
        try
        {
            var result = await ports.Processes.RunAsync(
                new ProcessSpec(Path.Combine(folder, "postgres"), "--version") { Folder = "/", Timeout = TimeSpan.FromSeconds(10) }, cancel);
            return result.Succeeded && ParseVersion(result.Output) is { } version ? version with { Folder = Path.GetFullPath(folder) } : null;
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.ProgramMissing)
        {
            // Built for another processor, or not executable.
            return null;
        }
    }

    /// <summary>Reads what <c>postgres --version</c> says, for example <c>postgres (PostgreSQL) 15.20 (Debian …)</c> or <c>… 19devel</c>.</summary>
    internal static ServerBinary? ParseVersion(string output)
    {
        var match = VersionText().Match(output);
        return match.Success ? new ServerBinary("", int.Parse(match.Groups["major"].ValueSpan, CultureInfo.InvariantCulture), match.Groups["version"].Value) : null;
    }

    /// <summary>Folders that LK_POSTGRES_BIN_DIRS adds to the usual places, separated as in PATH: servers of one's own making.</summary>
    private static IEnumerable<string> Named(SandboxPorts ports) =>
        (ports.Environment.Get("LK_POSTGRES_BIN_DIRS") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(folder => Path.GetFullPath(folder).TrimEnd('/')).Distinct(StringComparer.Ordinal);

    private static async Task<ServerBinary> IdentifyNamedAsync(string folder, SandboxPorts ports, CancellationToken cancel) =>
        await IdentifyAsync(folder, ports, cancel)
        ?? throw new LockkeeperException(SandboxErrors.NoBinaries, $"LK_POSTGRES_BIN_DIRS names {folder}, which does not hold initdb, postgres and pg_ctl that run here", "Name folders that 'pg_config --bindir' of a server installation prints, with ':' between them.");

    private static IEnumerable<string> InPath(SandboxPorts ports)
    {
        foreach (var folder in (ports.Environment.Get("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var program = new FileInfo(Path.Combine(folder, "initdb"));
            // A link in /usr/bin points into the real folder, where postgres and the libraries are.
            if (program.Exists)
                yield return Path.GetDirectoryName(program.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? program.FullName)!;
        }
    }

    private static IEnumerable<string> InUsualPlaces() =>
        from place in UsualPlaces
        where Directory.Exists(place.Parent)
        from folder in Directory.EnumerateDirectories(place.Parent, place.Pattern)
        select Path.Combine(folder, place.Below).TrimEnd('/');

    private static int MinorOf(string version) =>
        int.TryParse(version[(version.IndexOf('.', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture, out var minor) ? minor : 0;

    [GeneratedRegex(@"\(PostgreSQL\) (?<version>(?<major>\d+)\S*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionText();
}
