using System.Runtime.InteropServices;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Finds libpg_query: Debian ships only the versioned file without its -dev package, so the loader's own search by name
/// does not find it.</summary>
internal static class LibPgQueryFiles
{
    /// <summary>Debian's package for PostgreSQL 15's grammar.</summary>
    public const string InstallCommand = "apt-get install libpg-query1504.0";

    /// <summary>The libraries on this machine, the newest grammar first.</summary>
    public static IReadOnlyList<string> NewestFirst() => NewestFirst(Folders().Where(Directory.Exists).SelectMany(Candidates));

    /// <summary>Orders paths by the numbers behind <c>.so</c>; a file without any comes last.</summary>
    internal static IReadOnlyList<string> NewestFirst(IEnumerable<string> paths) =>
        [.. paths.OrderByDescending(VersionOf).ThenBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal)];

    private static IEnumerable<string> Candidates(string folder) =>
        Directory.EnumerateFiles(folder, "libpg_query*").Where(path => IsLibrary(Path.GetFileName(path)));

    private static bool IsLibrary(string name) =>
        name.StartsWith("libpg_query.so", StringComparison.Ordinal) || name.EndsWith(".dylib", StringComparison.Ordinal);

    /// <summary>1504.0.0 of libpg_query.so.1504.0.0 (PostgreSQL 15, interface 4) or of libpg_query.1504.0.0.dylib.</summary>
    private static Version VersionOf(string path)
    {
        var numbers = Path.GetFileName(path).Split('.').Where(part => part.All(char.IsAsciiDigit)).Take(4).ToList();
        while (numbers.Count < 2)
            numbers.Add("0");
        return Version.TryParse(string.Join('.', numbers), out var version) ? version : new Version(0, 0);
    }

    private static IEnumerable<string> Folders()
    {
        var triplet = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x86_64-linux-gnu",
            Architecture.Arm64 => "aarch64-linux-gnu",
            Architecture.Arm => "arm-linux-gnueabihf",
            Architecture.S390x => "s390x-linux-gnu",
            Architecture.Ppc64le => "powerpc64le-linux-gnu",
            Architecture.RiscV64 => "riscv64-linux-gnu",
            var other => other.ToString(),
        };
        return
        [
            Path.Combine("/usr/lib", triplet), Path.Combine("/usr/local/lib", triplet), "/usr/local/lib", "/usr/lib64", "/usr/lib",
            "/opt/homebrew/lib",
        ];
    }
}
