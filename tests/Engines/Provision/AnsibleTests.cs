using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.Hosts;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Provision;

/// <summary>Declared clusters through Ansible's own programs.</summary>
public sealed class AnsibleTests
{
    private const string Playbook =
        """
        - hosts: far
          gather_facts: false
          roles:
            - role: lockkeeper
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task the_inventory_is_one_that_ansible_reads()
    {
        await using var project = await LkProject.CreateAsync("prod");
        project.File("clusters/shop-prod.yaml", """
            admin: "postgres://root:${env:SECRET}@db1/postgres"
            environment: prod
            version: 17
            nodes:
              - { name: a, host: db1.example.net, user: deploy, port: 2222, identity: keys/deploy, known_hosts: "known hosts" }
              - { name: b, host: db2.example.net, role: replica }
            instance: { data: /srv/postgres/shop, layout: directory }
            databases: { "shop {{ x }}": }
            """);
        project.File("clusters/small.yaml", "admin: \"${env:SECRET}\"");
        project.Variables["SECRET"] = "never-to-be-seen";
        var listed = await project.RunAsync("provision", "inventory", "--ansible", "--list");
        listed.ExitCode.ShouldBe(0, listed.ToString());
        listed.Output.ShouldNotContain("never-to-be-seen");
        var variables = new Dictionary<string, string?> { ["LOCKKEEPER_PROJECT"] = project.Folder, ["SECRET"] = "never-to-be-seen" };
        var read = await Ansible.RunAsync(project.Folder, variables, "ansible-inventory", "-i", RepositoryRoot.Path("deploy/ansible/inventory/lockkeeper"), "--list");
        read.ExitCode.ShouldBe(0, read.Output);
        var inventory = JsonNode.Parse(read.Output[read.Output.IndexOf('{', StringComparison.Ordinal)..])!;
        Hosts("lockkeeper").ShouldBe(["shop-prod-a", "shop-prod-b", "small"]);
        Hosts("env_prod").ShouldBe(["shop-prod-a", "shop-prod-b"]);
        Hosts("role_replica").ShouldBe(["shop-prod-b"]);
        Hosts("version_17").ShouldBe(["shop-prod-a", "shop-prod-b"]);
        Hosts("engine_postgres").Count.ShouldBe(3);
        var first = inventory["_meta"]!["hostvars"]!["shop-prod-a"]!;
        first["ansible_host"]!.GetValue<string>().ShouldBe("db1.example.net");
        first["ansible_port"]!.GetValue<int>().ShouldBe(2222);
        first["ansible_ssh_private_key_file"]!.GetValue<string>().ShouldBe(Path.Combine(project.Folder, "keys/deploy"));
        inventory["_meta"]!["hostvars"]!["small"]!["ansible_connection"]!.GetValue<string>().ShouldBe("local");
        var alone = await project.RunAsync("provision", "inventory", "--ansible", "--host", "shop-prod-b");
        JsonNode.Parse(alone.Output)!["lockkeeper_node_role"]!.GetValue<string>().ShouldBe("replica");
        (await project.RunAsync("provision", "inventory", "--ansible", "--host", "shop-prod-c")).Errors.ShouldContain("there is no host 'shop-prod-c'");

        (await project.RunAsync("provision", "export", "--ansible", "shop-prod")).Output.ShouldContain("SECRET");
        var written = await Ansible.RunAsync(project.Folder, variables, "ansible-inventory", "-i", "ansible/shop-prod/hosts.yml", "--host", "shop-prod-a");
        written.ExitCode.ShouldBe(0, written.Output);
        written.Output.ShouldContain("\"shop-prod\"");
        written.Output.ShouldContain("\"ansible_port\": 2222");

        List<string> Hosts(string group) => [.. inventory[group]!["hosts"]!.AsArray().Select(one => one!.GetValue<string>()).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task the_role_installs_applies_and_reports_changes_as_they_are()
    {
        await using var server = await ClusterProject.CreateAsync();
        await using var host = await NetworkHost.StartAsync();
        await using var proxy = new TcpProxy(server.Cluster.Port, host.Gateway);
        using var far = new TestFolder();
        server.Declare("roles: { reader: , app: { login: true, password: \"${env:APP_PASSWORD}\", member_of: reader } }\n");
        await server.RunAsync("plan");
        var project = server.Project;
        project.File("site.yml", Playbook);
        project.File("hosts.ini", Ansible.Line(host) + "\n");
        const string password = "a 'quoted' $PASSWORD";
        project.File("vars.json", new JsonObject
        {
            ["lockkeeper_program"] = Ansible.Program,
            ["lockkeeper_home"] = far["opt"],
            ["lockkeeper_command"] = far["lk"],
            ["lockkeeper_project"] = far["project"],
            ["lockkeeper_clusters"] = new JsonArray("main"),
            ["lockkeeper_environment"] = new JsonObject
            {
                ["ADMIN_URL"] = new UriBuilder(proxy.Through(server.Cluster.Url())) { Host = host.Gateway }.Uri.AbsoluteUri,
                ["APP_PASSWORD"] = password,
                ["DOTNET_ROOT"] = Ansible.DotnetRoot,
                ["URL_DEV"] = "postgres://nobody@127.0.0.1:1/nothing",
            },
        }.ToJsonString());

        var first = await PlayAsync();
        first.ExitCode.ShouldBe(0, first.Output);
        first.Output.ShouldNotContain(password);
        (await server.ScalarAsync("postgres", "SELECT count(*)::text FROM pg_roles WHERE rolname IN ('app', 'reader')")).ShouldBe("2");
        File.GetUnixFileMode(far["project/.environment"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var second = await PlayAsync();
        second.ExitCode.ShouldBe(0, second.Output);
        second.Output.ShouldContain("changed=0", Case.Sensitive, second.Output);

        await server.SqlAsync("postgres", "ALTER ROLE app CREATEDB");
        var check = await PlayAsync("--check");
        check.ExitCode.ShouldBe(0, check.Output);
        check.Output.ShouldContain("changed=1", Case.Sensitive, check.Output);
        (await server.ScalarAsync("postgres", "SELECT rolcreatedb::text FROM pg_roles WHERE rolname = 'app'")).ShouldBe("true", "a check changes nothing");

        Task<Ended> PlayAsync(params string[] more) => Ansible.RunAsync(project.Folder, new Dictionary<string, string?>(), "ansible-playbook", ["-i", "hosts.ini", "-e", "@vars.json", "site.yml", .. more]);
    }
}
