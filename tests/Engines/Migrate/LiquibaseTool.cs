using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>The real Liquibase 4.28, from the jars of its npm package.</summary>
internal static class LiquibaseTool
{
    /// <summary>Runs a command, for example <c>update</c>, in the folder of the changelogs; it must succeed.</summary>
    public static async Task<string> RunAsync(string folder, string changelog, TestDatabase database, params string[] command)
    {
        var result = await TryAsync(folder, changelog, database, command);
        result.ExitCode.ShouldBe(0, result.AllOutput);
        return result.AllOutput;
    }

    /// <summary>The same, whatever comes of it.</summary>
    public static async Task<ProcessResult> TryAsync(string folder, string changelog, TestDatabase database, params string[] command)
    {
        var target = new Uri(database.Url);
        var login = target.UserInfo.Split(':');
        var jars = Path.Combine(Corpora.Folder("liquibase"), "dist/liquibase/internal/lib/*");
        var spec = new ProcessSpec("java",
        [
            "-XX:TieredStopAtLevel=1", "-cp", jars, "liquibase.integration.commandline.LiquibaseCommandLine", "--show-banner=false", "--log-level=severe",
            $"--changelog-file={changelog}", $"--url=jdbc:postgresql://{target.Host}:{target.Port}{target.AbsolutePath}", $"--username={Uri.UnescapeDataString(login[0])}", .. command,
        ])
        {
            Folder = folder,
            Timeout = TimeSpan.FromMinutes(5),
            KeepLines = 100_000,
            Environment = new Dictionary<string, string?> { ["LIQUIBASE_COMMAND_PASSWORD"] = login.Length > 1 ? Uri.UnescapeDataString(login[1]) : null },
        };
        return await new ProcessRunner(new Redactor(), TimeProvider.System).RunAsync(spec, CancellationToken.None);
    }
}
