using System.Runtime.InteropServices;

namespace Lockkeeper.Tests.TestKit;

/// <summary>The real squawk, which <c>eng/setup test</c> installs from npm.</summary>
public static class Squawk
{
    /// <summary>The program.</summary>
    /// <exception cref="InvalidOperationException">It was not installed.</exception>
    public static string Program
    {
        get
        {
            var machine = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";
            var path = RepositoryRoot.Path($"artifacts/tools/squawk/node_modules/@squawk-cli/linux-{machine}/bin/squawk");
            return File.Exists(path) ? path : throw new InvalidOperationException($"There is no {path}: run eng/setup test, which installs it.");
        }
    }
}
