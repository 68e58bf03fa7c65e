using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Lockkeeper.Tests.TestKit;

/// <summary>The real dbmate, which <c>eng/setup test</c> installs from npm.</summary>
public static class Dbmate
{
    /// <summary>Runs it on a database with the migrations of a folder; answers what it wrote.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunAsync(string url, string migrations, params string[] arguments)
    {
        var info = new ProcessStartInfo(Program(), ["--url", $"{url}?sslmode=disable", "--migrations-dir", migrations, "--no-dump-schema", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"dbmate ended with {process.ExitCode}: {output}");
    }

    private static string Program()
    {
        var machine = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        var path = RepositoryRoot.Path($"artifacts/tools/dbmate/node_modules/@dbmate/linux-{machine}/bin/dbmate");
        return File.Exists(path) ? path : throw new InvalidOperationException($"There is no {path}: run eng/setup test, which installs it.");
    }
}
