using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Lockkeeper.Tests.TestKit;

/// <summary>HashiCorp's own HCL parser, which <c>eng/setup test</c> installs from npm (compiled to WebAssembly, as @cdktf/hcl2json).</summary>
public static class Hcl
{
    private const string Script = """
        const { parse } = require("@cdktf/hcl2json");
        let text = "";
        process.stdin.on("data", part => text += part).on("end", async () => {
          const files = JSON.parse(text), parsed = {};
          for (const name of Object.keys(files)) parsed[name] = await parse(name, files[name]);
          console.log(JSON.stringify(parsed));
        });
        """;

    /// <summary>The files as JSON by name; strings that hold expressions keep them as <c>${…}</c>.</summary>
    /// <exception cref="InvalidOperationException">One of them is not HCL.</exception>
    public static async Task<JsonObject> ParseAsync(IEnumerable<KeyValuePair<string, string>> files)
    {
        var info = new ProcessStartInfo("node", ["-e", Script]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["NODE_PATH"] = RepositoryRoot.Path("artifacts/tools/hcl/node_modules");
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(new JsonObject(files.Select(file => KeyValuePair.Create(file.Key, (JsonNode?)file.Value))).ToJsonString());
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 && JsonNode.Parse(output) is JsonObject parsed ? parsed : throw new InvalidOperationException(await errors + output);
    }
}
