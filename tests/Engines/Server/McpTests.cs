using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>An agent's side, spoken to by the protocol's own client.</summary>
public sealed class McpTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task an_agent_reads_freely_and_what_it_would_change_waits_for_a_person()
    {
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);");
        await using var agent = await AgentAsync(project);
        var tools = await agent.ListToolsAsync(cancellationToken: Cancel);
        tools.Select(tool => tool.Name).ShouldContain("migrate_status");
        tools.Select(tool => tool.Name).ShouldNotContain("approve");
        tools.Single(tool => tool.Name == "migrate_apply").ProtocolTool.Annotations!.ReadOnlyHint.ShouldBe(false);
        tools.Single(tool => tool.Name == "migrate_apply").JsonSchema.ToString().ShouldNotContain("\"yes\"");

        ((int)(await CallAsync(agent, "migrate_status"))["data"]!["databases"]![0]!["environments"]![0]!["pending"]!).ShouldBe(1);
        ((string)(await CallAsync(agent, "migrate_apply", isError: true, ("env", "dev"), ("yes", "true")))["error"]!["code"]!).ShouldBe("LK7006");
        ((string)(await CallAsync(agent, "migrate_lint", isError: true, ("path", "/etc/passwd")))["error"]!["code"]!).ShouldBe("LK7006");
        ((string)(await CallAsync(agent, "migrate_apply", isError: true, ("env", "nowhere")))["error"]!["code"]!).ShouldBe("LK1106");

        var proposed = await CallAsync(agent, "migrate_apply", isError: false, ("env", "dev"), ("reason", "the new release needs it"));
        var id = (string)proposed["proposal"]!;
        proposed["plan"]!["data"]!["databases"]![0]!["steps"]!.AsArray().Count.ShouldBe(1);
        (await TablesAsync(project)).ShouldBe("0");

        var shown = await project.RunAsync("proposal", "show", id);
        shown.Output.ShouldContain("lk migrate apply --env dev");
        shown.Output.ShouldContain("because: the new release needs it");
        shown.Output.ShouldContain("it would do now what was proposed");
        (await project.RunAsync("proposal", "run", id)).ExitCode.ShouldBe(0);
        (await TablesAsync(project)).ShouldBe("1");
        (await project.RunAsync("proposal", "run", id)).Errors.ShouldContain("LK7041: proposal " + id + " does not wait any more: anna has carried it out");
        (await project.RunAsync("proposal", "list")).Output.ShouldContain("nothing waits");
        var ledger = (await project.RunAsync("ledger", "show")).Output;
        ledger.ShouldContain("proposal.made");
        ledger.ShouldContain("agent of anna");
        ledger.ShouldContain("proposal.carried_out");
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_proposal_that_would_do_something_else_by_now_is_not_carried_out_nor_is_one_that_was_refused()
    {
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);");
        await using var agent = await AgentAsync(project);
        var first = (string)(await CallAsync(agent, "migrate_apply", isError: false, ("env", "dev")))["proposal"]!;
        project.Migration("0002_b", "DROP TABLE a;");
        var changed = await project.RunAsync("proposal", "run", first);
        changed.ExitCode.ShouldBe(5);
        changed.Errors.ShouldContain("LK7042: 'lk migrate apply --env dev' would do something else by now");
        (await TablesAsync(project)).ShouldBe("0");

        (await project.RunAsync("proposal", "refuse", first)).Output.ShouldContain("anna refused proposal");
        (await project.RunAsync("proposal", "run", first)).Errors.ShouldContain("anna has refused it");
        (await project.RunAsync("proposal", "list", "--all")).Output.ShouldContain("refused");
        (await project.RunAsync("proposal", "show", "20260101-000000-abcd")).Errors.ShouldContain("LK7040");
    }

    [Fact]
    public async Task a_person_carries_a_proposal_out_in_the_portal_if_their_role_allows_what_it_would_do()
    {
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);");
        string id;
        await using (var agent = await AgentAsync(project))
            id = (string)(await CallAsync(agent, "migrate_apply", isError: false, ("env", "dev"), ("reason", "<script>alert(1)</script>")))["proposal"]!;
        await using var portal = await Portal.StartAsync(project);
        var list = await portal.Admin.PageAsync("/proposals");
        list.ShouldContain(id);
        list.ShouldNotContain("<script>alert");
        var viewer = await portal.PersonAsync("vera", "operator");
        (await viewer.PageAsync($"/proposals/{id}")).ShouldNotContain(">Carry it out<");
        (await viewer.SendFormAsync("/proposals", "/run/proposal/run", ("id", id))).StatusCode.ShouldBe(System.Net.HttpStatusCode.Forbidden);
        (await TablesAsync(project)).ShouldBe("0");

        (await portal.Admin.PageAsync($"/proposals/{id}")).ShouldContain(">Carry it out<");
        var answer = await portal.Admin.SendFormAsync($"/proposals/{id}", "/run/proposal/run", ("id", id));
        var job = answer.Headers.Location!.ToString();
        await Eventually.TrueAsync(async () => (await portal.Admin.PageAsync(job)).Contains("pill good", StringComparison.Ordinal), "the job");
        (await TablesAsync(project)).ShouldBe("1");
        (await portal.Admin.PageAsync("/proposals")).ShouldContain("ada carried it out");
    }

    private static Task<string?> TablesAsync(LkProject project) => project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_class WHERE relname = 'a'");

    private static async Task<McpClient> AgentAsync(LkProject project)
    {
        // The project's files are written by its first call.
        (await project.RunAsync("proposal", "list")).ExitCode.ShouldBe(0);
        return await McpClient.CreateAsync(
            new StdioClientTransport(new StdioClientTransportOptions
            {
                Command = LkProcess.Program, Arguments = ["mcp"], WorkingDirectory = project.Folder, EnvironmentVariables = project.Variables,
            }), cancellationToken: Cancel);
    }

    private static Task<JsonNode> CallAsync(McpClient agent, string tool) => CallAsync(agent, tool, isError: false);

    private static async Task<JsonNode> CallAsync(McpClient agent, string tool, bool isError, params (string Name, object? Value)[] values)
    {
        var answer = await agent.CallToolAsync(tool, values.ToDictionary(pair => pair.Name, pair => pair.Value), cancellationToken: Cancel);
        var text = ((TextContentBlock)answer.Content.Single()).Text;
        (answer.IsError ?? false).ShouldBe(isError, text);
        return JsonNode.Parse(text)!;
    }
}
