using System.Diagnostics;
using System.Text.Json;
using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Tests.TestKit;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Cli;

/// <summary>The program itself, as a shell or a script meets it.</summary>
public sealed class CommandLineTests : IDisposable
{
    private const string Configuration =
        """
        project: shop
        databases:
          shop: { engine: postgres, migrations: migrations }
        environments:
          - name: dev
            targets: { shop: "postgres://nobody@127.0.0.1:1/shop" }
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lk-cli-");

    public CommandLineTests()
    {
        File.WriteAllText(Path.Combine(folder.FullName, "lockkeeper.yaml"), Configuration);
        Directory.CreateDirectory(Path.Combine(folder.FullName, "migrations"));
    }

    private string State => Path.Combine(folder.FullName, ".lockkeeper", "state.db");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task the_version_is_one_line()
    {
        var result = await RunAsync("--version");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldMatch(@"^lk \d+\.\d+\.\d+\s*$");
    }

    [Fact]
    public async Task lk_alone_prints_the_overview()
    {
        var result = await RunAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("ledger verify");
        result.Errors.Trim().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_wrong_verb_ends_with_2_and_says_what_was_meant()
    {
        var result = await RunAsync("ledger", "verfy");
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Output.Trim().ShouldBeEmpty();
        result.Errors.Trim().ShouldBe("LK1000: 'ledger verfy' is not a verb of lk\nHINT: Did you mean 'lk ledger verify'?");
    }

    [Fact]
    public async Task the_ledger_is_shown_and_verified_from_a_folder_below_the_project()
    {
        await AppendAsync(3);
        var below = folder.CreateSubdirectory("migrations/deep").FullName;
        var shown = await LkProcess.RunAsync(below, "ledger", "show");
        shown.ExitCode.ShouldBe(0, shown.ToString());
        shown.Output.Split('\n').Count(line => line.Contains("step.applied", StringComparison.Ordinal)).ShouldBe(3);
        var verified = await LkProcess.RunAsync(below, "ledger", "verify");
        verified.ExitCode.ShouldBe(0, verified.ToString());
        verified.Output.ShouldContain("The ledger is sound: 3 entries");
    }

    [Fact]
    public async Task a_tampered_ledger_ends_with_1_and_names_the_entry()
    {
        await AppendAsync(3);
        Execute("DROP TRIGGER entry_is_never_changed; UPDATE entry SET actor = 'eve' WHERE number = 2");
        var text = await RunAsync("ledger", "verify");
        text.ExitCode.ShouldBe(1, text.ToString());
        text.Output.ShouldStartWith("LK1400: entry 2 was changed after it was written");
        var json = await RunAsync("ledger", "verify", "--json");
        json.ExitCode.ShouldBe(1);
        JsonDocument.Parse(json.Output).RootElement.GetProperty("data").GetProperty("problem").GetProperty("number").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task a_broken_configuration_is_refused_with_its_place()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "lockkeeper.yaml"), Configuration + "\nenvironmants: []\n");
        var result = await RunAsync("ledger", "show");
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Errors.ShouldContain("at lockkeeper.yaml:7:1");
    }

    [Fact]
    public async Task ctrl_c_ends_a_verb_that_waits()
    {
        using var held = await HoldAsync();
        await using var lk = await LkProcess.StartAsync(new LkCall("ledger", "verify") { Folder = folder.FullName });
        await held.WaitUntilWantedAsync(lk);
        lk.Interrupt();
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.Trim().ShouldBe("LK1001: 'ledger verify' was cancelled\nHINT: Run the same command again to go on.");
    }

    [Fact]
    public async Task sigterm_ends_a_verb_that_waits()
    {
        using var held = await HoldAsync();
        await using var lk = await LkProcess.StartAsync(new LkCall("ledger", "verify", "--json") { Folder = folder.FullName });
        await held.WaitUntilWantedAsync(lk);
        lk.Terminate();
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(3, result.ToString());
        JsonDocument.Parse(result.Output).RootElement.GetProperty("error").GetProperty("code").GetString().ShouldBe("LK1001");
    }

    [Fact]
    public async Task a_time_limit_ends_a_verb_that_waits()
    {
        using var held = await HoldAsync();
        var result = await RunAsync("ledger", "verify", "--timeout", "300ms");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK1002: 'ledger verify' did not end within 300 ms");
    }

    [Fact]
    public async Task a_reader_that_goes_away_is_no_error()
    {
        await AppendAsync(400);
        var result = await ShellAsync($"'{LkProcess.Program}' ledger show --last 400 --json | head -n 1; echo ${{PIPESTATUS[0]}}");
        result.ShouldBe("{\n0\n");
    }

    [Fact]
    public async Task a_shell_completes_verbs_options_and_words()
    {
        // What bash does when the tab key is hit: the function sees the words and leaves its answer in COMPREPLY.
        async Task<string> TabAsync(params string[] words) => await ShellAsync(
            $"lk() {{ '{LkProcess.Program}' \"$@\"; }}; source <(lk completion bash); COMP_WORDS=(lk {string.Join(' ', words.Select(word => $"'{word}'"))}); COMP_CWORD={words.Length}; _lk; echo \"${{COMPREPLY[@]}}\"");
        (await TabAsync("led")).ShouldBe("ledger\n");
        (await TabAsync("ledger", "")).ShouldBe("--help show verify\n");
        (await TabAsync("ledger", "show", "--l")).ShouldBe("--last\n");
        (await TabAsync("completion", "z")).ShouldBe("zsh\n");
    }

    private Task<LkResult> RunAsync(params string[] arguments) => LkProcess.RunAsync(folder.FullName, arguments);

    private async Task<string> ShellAsync(string script)
    {
        var info = new ProcessStartInfo("/bin/bash", ["-c", script]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true, WorkingDirectory = folder.FullName };
        info.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        using var shell = Process.Start(info)!;
        shell.StandardInput.Close();
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return output;
    }

    private async Task AppendAsync(int entries)
    {
        using var ledger = new SqliteLedger(State, TimeProvider.System);
        for (var i = 1; i <= entries; i++)
            await ledger.AppendAsync(new LedgerFact("step.applied", "r1", "dev", "shop", "ada", $$"""{"version":"{{i}}"}"""), default);
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={State};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private async Task<HeldLedger> HoldAsync()
    {
        await AppendAsync(1);
        return new HeldLedger(State);
    }
}
