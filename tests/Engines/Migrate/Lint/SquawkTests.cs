using System.Diagnostics;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate.Lint;

/// <summary>The page that puts our rules beside squawk's, held against squawk itself.</summary>
public sealed class SquawkTests
{
    /// <summary>They speak of the file itself, and cannot be left out by name.</summary>
    private static readonly string[] AboutTheFile = ["syntax-error", "unused-ignore"];

    [Fact]
    public async Task squawk_knows_every_rule_that_the_page_names()
    {
        var rules = File.ReadLines(RepositoryRoot.Path("docs/lint-and-squawk.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(line => line.Split(' ')[1]).ToList();
        rules.Count.ShouldBeGreaterThan(35);
        (await SquawkAsync("--exclude", string.Join(',', rules.Except(AboutTheFile)))).ShouldBe("");
        (await SquawkAsync("--exclude", "no-such-rule")).ShouldContain("invalid rule name");
    }

    /// <summary>What squawk says against its own command line when it looks at nothing.</summary>
    private static async Task<string> SquawkAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Squawk.Program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        return errors;
    }
}
