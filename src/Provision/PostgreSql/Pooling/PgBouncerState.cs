using System.Globalization;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;

namespace Lockkeeper.Provision.PostgreSql.Pooling;

/// <summary>A pooler as it is on its host.</summary>
internal sealed record PgBouncerState
{
    /// <summary>The program's path.</summary>
    public required string Program { get; init; }

    /// <summary>The version of the program that is installed.</summary>
    public required Version Version { get; init; }

    /// <summary>Whether systemd keeps it.</summary>
    public required bool HasSystemd { get; init; }

    /// <summary>Its files by path; those that are not there are left out.</summary>
    public required IReadOnlyDictionary<string, HostFile> Files { get; init; }

    /// <summary>What SHOW CONFIG shows by name; null when it does not run.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Config { get; init; }

    /// <summary>What SHOW DATABASES shows by name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Databases { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>The console that answered; null when it does not run.</summary>
    public PgBouncerConsole? Console { get; init; }

    /// <summary>Whether it runs and answers.</summary>
    public bool Runs => Config is not null;

    private const string Socket = ".s.PGSQL.";

    // Debian keeps the program where ordinary users do not look.
    private const string Find = "PATH=$PATH:/usr/sbin:/usr/local/sbin; p=$(command -v pgbouncer) && echo \"$p\" && \"$p\" --version | head -n 1; [ ! -d /run/systemd/system ] || echo systemd";

    /// <summary>Looks.</summary>
    /// <param name="host">The host.</param>
    /// <param name="place">Where the pooler is, or will be.</param>
    /// <param name="port">The port that it is to have. One that still runs on another answers on that one's socket.</param>
    /// <param name="cancel">Stops looking.</param>
    /// <exception cref="LockkeeperException">The host does not answer, or has no PgBouncer.</exception>
    public static async Task<PgBouncerState> ReadAsync(IHost host, PgBouncerPlace place, int port, CancellationToken cancel)
    {
        var found = (await host.RunOrFailAsync(new HostCommand("sh", "-c", Find) { User = place.User }, $"The user '{place.User}' must be there, and this program must be allowed to act as it.", cancel)).Lines.Where(line => !line.IsError).Select(line => line.Text).ToList();
        if (found is not [var program, var words, ..] || !words.StartsWith("PgBouncer ", StringComparison.Ordinal))
            throw new LockkeeperException(ProvisionErrors.PoolerProgramMissing, $"{host.Name} has no PgBouncer", "Install it, on Debian: apt-get install pgbouncer");
        string[] paths = [place.Ini, place.UserList, place.Certificate, place.Key, place.Ca, place.UnitFile];
        var reader = new HostFiles(host, place.Writer);
        var files = await reader.ReadAsync(paths, cancel);
        var ports = (await reader.ListAsync(place.Folder, cancel) ?? []).Select(entry => Path.GetFileName(entry.Path)).Where(name => name.StartsWith(Socket, StringComparison.Ordinal)).Select(name => int.TryParse(name.AsSpan(Socket.Length), CultureInfo.InvariantCulture, out var number) ? number : 0).Where(number => number > 0);
        PgBouncerConsole? answering = null;
        IReadOnlyList<IReadOnlyList<IReadOnlyDictionary<string, string>>>? shown = null;
        foreach (var candidate in ports.OrderByDescending(number => number == port))
        {
            answering = new PgBouncerConsole(host, place, candidate);
            shown = await answering.AskAsync(["SHOW CONFIG", "SHOW DATABASES"], cancel);
            if (shown is not null)
                break;
        }

        return new PgBouncerState
        {
            Program = program,
            Version = VersionOf(words),
            HasSystemd = found.Contains("systemd"),
            Files = paths.Zip(files).Where(one => one.Second is not null).ToDictionary(one => one.First, one => one.Second!, StringComparer.Ordinal),
            Console = shown is null ? null : answering,
            Config = shown?[0].ToDictionary(row => row["key"], StringComparer.Ordinal),
            Databases = shown?[1].ToDictionary(row => row["name"], StringComparer.Ordinal) ?? [],
        };
    }

    private static Version VersionOf(string words) =>
        Version.TryParse(words.Split(' ')[1], out var version) ? new Version(version.Major, version.Minor) : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"'{words}' names no version"));
}
