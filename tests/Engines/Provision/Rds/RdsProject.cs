using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.Rds;
using Shouldly;

namespace Lockkeeper.Tests.Engines.Provision.Rds;

/// <summary>A project that declares what a stand-in for the service keeps.</summary>
internal sealed class RdsProject : IAsyncDisposable
{
    private RdsProject(LkProject project) => Project = project;

    public LkProject Project { get; }

    public static async Task<RdsProject> CreateAsync()
    {
        var project = await LkProject.CreateAsync("dev");
        foreach (var (name, value) in MotoServer.Credentials)
            project.Variables[name] = value;
        project.Variables["MASTER_PASSWORD"] = "of-the-master-9";
        return new RdsProject(project);
    }

    /// <summary>Writes the declaration of a cluster.</summary>
    public RdsProject Declare(string name, string yaml)
    {
        Project.File($"clusters/{name}.yaml", yaml);
        return this;
    }

    public Task<LkResult> RunAsync(params string[] arguments) => Project.RunAsync(["provision", .. arguments]);

    /// <summary>Applies what is declared, and fails when that fails.</summary>
    public async Task<LkResult> AppliedAsync(string cluster)
    {
        var result = await RunAsync("apply", cluster, "--yes");
        result.ExitCode.ShouldBe(0, result.ToString());
        return result;
    }

    /// <summary>The words of what differs, those that would be left with a dash before them.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync(string cluster)
    {
        var answer = await Project.JsonAsync("provision", "plan", cluster);
        var found = answer["data"]?["clusters"]?[0] ?? throw new InvalidOperationException(answer.ToJsonString());
        return [.. found["differences"]!.AsArray().Select(Words), .. found["kept"]!.AsArray().Select(one => "- " + Words(one))];

        static string Words(JsonNode? one) => $"{one!["object"]}: {one["change"]}";
    }

    public ValueTask DisposeAsync() => Project.DisposeAsync();
}
