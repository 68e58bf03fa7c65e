using System.Text.Json.Serialization;
using Lockkeeper.Host;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Mcp;
using Lockkeeper.Server.Proposals;

namespace Lockkeeper.Server.Verbs;

/// <summary><c>lk mcp</c>.</summary>
internal static class McpVerb
{
    /// <summary>Declares it.</summary>
    /// <param name="verbs">Every verb of the program; agents have those that they may call or propose.</param>
    public static Verb Declare(IReadOnlyList<Verb> verbs) => new()
    {
        Path = "mcp",
        Summary = "serve the verbs as tools to an agent over standard input and output (Model Context Protocol)",
        Details = "An agent reads, lints, proves and plans freely. What would change something it can only propose: it sees what would be done, and a person carries it out or refuses it (lk proposal). It gets no parameter that names a file, a program or an address of this machine, and none that confirms. "
            + "Everything that it proposes stands in the ledger, as 'agent of' the person that it works for: the operating system's user, or LK_ACTOR.",
        Effect = VerbEffect.Local,
        Examples = [new VerbExample("lk mcp", "speaks with the agent that started it")],
        ReportType = () => McpJson.Default.McpReport,
        Handler = (call, cancel) => HandleAsync(verbs, call, cancel),
    };

    private static async Task<Report> HandleAsync(IReadOnlyList<Verb> verbs, VerbCall call, CancellationToken cancel)
    {
        var workspace = call.Workspace;
        // A project that cannot be read is said at once, and not by every tool.
        _ = workspace.Config;
        using var documents = await DocumentStores.OpenAsync(workspace, cancel);
        var tools = new AgentTools(verbs, new Surroundings(workspace, call.Text(StandardParameters.Config)), new ProposalStore(documents), $"agent of {workspace.Actor}", workspace.Clock);
        await StdioServer.RunAsync(tools, workspace.Progress, cancel);
        return Report.Of(new McpReport(true), () => McpJson.Default.McpReport, []);
    }
}

/// <summary>What <c>lk mcp</c> answers when the agent has gone.</summary>
/// <param name="Served">Whether it had begun to answer.</param>
internal sealed record McpReport(bool Served);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(McpReport))]
internal sealed partial class McpJson : JsonSerializerContext;
