using System.Diagnostics;
using System.Text.Json;
using Lockkeeper.Tests.TestKit;

namespace Lockkeeper.LintAgreement;

/// <summary>Runs both linters over the same folders.</summary>
internal static class Linters
{
    /// <summary>The rules that squawk leaves out unless they are asked for.</summary>
    private const string OptIn = "require-table-schema";

    /// <summary>What squawk 2.66 says, told as much as lk knows by itself: that a file runs in a transaction, and the version of the server.</summary>
    public static async Task<IReadOnlyList<Verdict>> SquawkAsync(string folder, IEnumerable<string> names)
    {
        var output = await RunAsync(Squawk.Program, folder, ["--reporter", "json", "--assume-in-transaction", "--pg-version", "15.0", "--include", OptIn, .. names.Select(name => $"{name}/*.sql")]);
        return
        [
            .. JsonDocument.Parse(output).RootElement.EnumerateArray().Select(one => new Verdict(
                one.GetProperty("file").GetString()!, one.GetProperty("line").GetInt32() + 1, one.GetProperty("column").GetInt32() + 1, one.GetProperty("rule_name").GetString()!)),
        ];
    }

    /// <summary>What lk says with all of its rules on.</summary>
    public static async Task<IReadOnlyList<Verdict>> LkAsync(string lk, string folder) =>
    [
        .. (await LkDataAsync(lk, folder, "--json")).GetProperty("findings").EnumerateArray().Select(one => new Verdict(
            one.GetProperty("file").GetString()!, one.GetProperty("line").GetInt32(), one.GetProperty("column").GetInt32(), one.GetProperty("rule").GetString()!)),
    ];

    /// <summary>lk's rules with squawk's that each is like.</summary>
    public static async Task<IReadOnlyList<(string Rule, string Set, IReadOnlyList<string> Peers)>> RulesAsync(string lk, string folder) =>
    [
        .. (await LkDataAsync(lk, folder, "--rules", "--json")).GetProperty("rules").EnumerateArray().Select(rule => (
            rule.GetProperty("id").GetString()!,
            rule.GetProperty("set").GetString()!,
            (IReadOnlyList<string>)[.. rule.GetProperty("peers").EnumerateArray().Select(peer => peer.GetString()!).Where(peer => peer.StartsWith("squawk ", StringComparison.Ordinal)).Select(peer => peer[7..])])),
    ];

    private static async Task<JsonElement> LkDataAsync(string lk, string folder, params string[] options)
    {
        var output = await RunAsync(lk, folder, ["migrate", "lint", .. options]);
        return JsonDocument.Parse(output).RootElement.TryGetProperty("data", out var data) ? data : throw new InvalidOperationException($"lk refused: {output}");
    }

    private static async Task<string> RunAsync(string program, string folder, IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Length > 0 ? output : throw new InvalidOperationException($"{program} said nothing, and ended with {process.ExitCode}: {await errors}");
    }
}
