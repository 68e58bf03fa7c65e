using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>The real Sqitch, as the distribution has it.</summary>
internal static class SqitchTool
{
    /// <summary>Runs sqitch in a project's folder.</summary>
    public static Task<ProcessResult> RunAsync(string folder, params string[] arguments)
    {
        var spec = new ProcessSpec("sqitch", arguments)
        {
            Folder = folder,
            Timeout = TimeSpan.FromMinutes(5),
            KeepLines = 100_000,
            Environment = new Dictionary<string, string?>
            {
                ["SQITCH_FULLNAME"] = "Anna Ops",
                ["SQITCH_EMAIL"] = "anna@example.org",
                ["LC_ALL"] = "C.UTF-8",
                ["SQITCH_USER_CONFIG"] = "/dev/null",
                ["SQITCH_SYSTEM_CONFIG"] = "/dev/null",
            },
        };
        return new ProcessRunner(new Redactor(), TimeProvider.System).RunAsync(spec, CancellationToken.None);
    }

    /// <summary>Runs sqitch on a database; it must succeed.</summary>
    public static async Task<string> OutputAsync(string folder, TestDatabase database, params string[] arguments)
    {
        var result = await RunAsync(folder, [.. arguments, Target(database)]);
        result.ExitCode.ShouldBe(0, result.AllOutput);
        return result.AllOutput;
    }

    public static string Target(TestDatabase database) => "db:pg:" + database.Url["postgres:".Length..];

    /// <summary>Copies a project into the migrations folder of one of ours, or a part of it.</summary>
    public static void Copy(string from, LkProject project, string to = "migrations")
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            project.File($"{to}/{Path.GetRelativePath(from, file)}", File.ReadAllText(file));
    }
}
