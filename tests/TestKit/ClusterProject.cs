using System.Text.Json.Nodes;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;

namespace Lockkeeper.Tests.TestKit;

/// <summary>A server of the test's own and a project that declares it as the cluster <c>main</c>: roles and settings belong to a whole server, so tests of them cannot share one.</summary>
public sealed class ClusterProject : IAsyncDisposable
{
    private ClusterProject(SandboxCluster cluster, LkProject project)
    {
        Cluster = cluster;
        Project = project;
    }

    /// <summary>The server.</summary>
    public SandboxCluster Cluster { get; }

    /// <summary>The project.</summary>
    public LkProject Project { get; }

    public static async Task<ClusterProject> CreateAsync(IReadOnlyDictionary<string, string>? settings = null, string? binariesFolder = null)
    {
        var cluster = await TestCluster.StartAsync(settings, binariesFolder: binariesFolder);
        var project = new ClusterProject(cluster, await LkProject.CreateAsync("dev"));
        project.Project.Variables["ADMIN_URL"] = cluster.Url();
        return project;
    }

    /// <summary>Writes the declaration; the administrator is in it.</summary>
    public ClusterProject Declare(string yaml)
    {
        Project.File("clusters/main.yaml", "admin: \"${env:ADMIN_URL}\"\n" + yaml);
        return this;
    }

    /// <summary>Runs <c>lk provision</c>.</summary>
    public Task<LkResult> RunAsync(params string[] arguments) => Project.RunAsync(["provision", .. arguments]);

    /// <summary>The words of what differs, those that would be left with a dash before them.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync()
    {
        var cluster = (await Project.JsonAsync("provision", "plan"))["data"]!["clusters"]![0]!;
        return [.. cluster["differences"]!.AsArray().Select(Words), .. cluster["kept"]!.AsArray().Select(one => "- " + Words(one))];

        static string Words(JsonNode? one) => $"{one!["object"]}: {one["change"]}";
    }

    /// <summary>Sends statements to a database, one by one.</summary>
    public async Task SqlAsync(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await connection.ExecuteEachAsync(sql);
    }

    /// <summary>The first column of the first row as text.</summary>
    public async Task<string?> ScalarAsync(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        return await command.ExecuteScalarAsync() as string;
    }

    public async ValueTask DisposeAsync()
    {
        await Project.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    private async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = Cluster.Port, Username = Cluster.User, Password = Cluster.Password, Database = database, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
