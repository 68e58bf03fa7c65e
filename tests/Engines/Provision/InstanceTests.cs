using System.Diagnostics;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.Hosts;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Provision;

/// <summary>Instances that lk makes and keeps itself: real servers in temporary folders, as the unprivileged user of the tests.</summary>
public sealed class InstanceTests
{
    private const string Inside =
        """
        protect: false
        roles:
          owner:
          app: { login: true, password: "${env:APP_PASSWORD}" }
        databases:
          shop: { owner: owner, schemas: { app: { owner: owner } }, grants: [{ to: app, kind: schemas, names: app, privileges: usage }] }

        """;

    [Fact]
    public async Task from_a_file_to_an_instance_that_answers_and_whatever_is_changed_by_hand_is_found_and_put_back()
    {
        await using var project = new InstanceProject();
        project.Declare(project.Standard + Inside + "parameters: { work_mem: 6MB, shared_buffers: 16MB }\ntls: { self_signed: true }\n");
        var plan = await project.DifferencesAsync();
        plan[0].ShouldBe($"instance {project.Name}: made in {project.DataFolder}: PostgreSQL 15, port {project.Port}, with checksums");
        plan.ShouldContain("access rules: written");
        plan.ShouldContain("role app: new, login");
        plan.ShouldContain("shop: schema app: USAGE to app");
        Directory.Exists(project.DataFolder).ShouldBeFalse("a plan changes nothing");

        var made = await AppliedAsync(project);
        made.Output.ShouldMatch(@"instance \w+: made in .*\[\d+\.\d s\]");
        made.Output.ShouldContain("it is as declared");
        made.ToString().ShouldNotContain("correct-horse");
        (await project.DifferencesAsync()).ShouldBeEmpty();
        (await project.ScalarAsync("SELECT current_user || ' ' || (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())", "app", "app-password-1", "shop")).ShouldBe("app true");
        (await project.ScalarAsync("SELECT string_agg(current_setting(name), ' ' ORDER BY name) FROM pg_settings WHERE name IN ('data_checksums', 'password_encryption', 'shared_buffers', 'work_mem')")).ShouldBe("on scram-sha-256 16MB 6MB");
        (await ModeAsync(project, "server.key")).ShouldBe("600");
        File.ReadAllText(Path.Combine(project.DataFolder, "startup.log")).ShouldNotContain("correct-horse");

        File.AppendAllText(Path.Combine(project.DataFolder, "pg_hba.conf"), "host all all 0.0.0.0/0 trust\n");
        await project.ScalarAsync("ALTER SYSTEM SET work_mem = '9MB'");
        await project.ScalarAsync("ALTER SYSTEM SET log_connections = on");
        await project.ScalarAsync("SELECT pg_reload_conf()");
        File.AppendAllText(Path.Combine(project.DataFolder, "postgresql.conf"), "log_disconnections = on\n");
        File.AppendAllText(Path.Combine(project.DataFolder, "lockkeeper.conf"), "# a note\n");
        File.Delete(Path.Combine(project.DataFolder, "server.crt"));
        (await project.RunAsync("drift")).ExitCode.ShouldBe(1);
        var drift = await project.DifferencesAsync();
        // Whether the server has read its files since they were changed is not up to us.
        drift.Select(one => one.Split(':')[0]).Where(one => !one.StartsWith("instance", StringComparison.Ordinal)).ShouldBe(
            ["certificate", $"file {project.DataFolder}/postgresql.conf", $"file {project.DataFolder}/lockkeeper.conf", "access rules", "parameter log_connections", "parameter work_mem"]);
        (await project.RunAsync("plan")).Output.ShouldContain("- host all all 0.0.0.0/0 trust");
        await AppliedAsync(project);
        (await project.DifferencesAsync()).ShouldBeEmpty();
        (await project.ScalarAsync("SELECT string_agg(current_setting(name), ' ' ORDER BY name) FROM pg_settings WHERE name IN ('log_connections', 'log_disconnections', 'work_mem')")).ShouldBe("off off 6MB");
        (await project.ScalarAsync("SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'trust'")).ShouldBe("0");

        await project.CrashAsync();
        (await project.DifferencesAsync()).ShouldBe([$"instance {project.Name}: stopped → started"]);
        File.AppendAllText(Path.Combine(project.DataFolder, "lockkeeper.conf"), "nonsense = yes\n");
        await AppliedAsync(project);
        (await project.DifferencesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task access_rules_that_would_lock_out_the_administrator_or_are_wrong_are_refused_and_a_restart_waits_until_it_is_allowed()
    {
        await using var project = new InstanceProject();
        var rules = "access:\n  - { type: host, databases: all, users: all, address: 127.0.0.1/32 }\n";
        project.Declare(project.Standard + "access:\n  - { type: host, databases: all, users: all, address: 127.0.0.0/8, method: reject }\n");
        await RefusedAsync(project, "LK4005", "would lock out the administrator");
        project.Declare(project.Standard + rules + "  - { type: host, databases: shop, users: app, address: 10.0.0.0/8, method: ldap }\n");
        await RefusedAsync(project, "LK4028", $"clusters/{project.Name}.yaml:6:5");
        Directory.Exists(project.DataFolder).ShouldBeFalse("what is refused has changed nothing");

        project.Declare(project.Standard + rules);
        await AppliedAsync(project);
        var before = File.ReadAllText(Path.Combine(project.DataFolder, "pg_hba.conf"));
        project.Declare(project.Standard + "access:\n  - { type: hostssl, databases: all, users: keeper, address: all, method: cert }\n  - { type: hostnossl, databases: all, users: +admins, address: samehost, method: reject }\n" + rules.Split('\n', 2)[1]);
        await RefusedAsync(project, "LK4005", "+\"admins\"");
        project.Declare(project.Standard + rules + "  - { type: host, databases: shop, users: app, address: 10.0.0.0/8, method: ldap }\n");
        await RefusedAsync(project, "LK4028", "ldap");
        File.ReadAllText(Path.Combine(project.DataFolder, "pg_hba.conf")).ShouldBe(before);

        project.Declare(project.Standard + rules + "parameters: { max_connections: 60 }\n");
        (await AppliedAsync(project)).Output.ShouldContain("a restart is not allowed");
        (await project.DifferencesAsync()).ShouldBe([$"- instance {project.Name}: restarted for max_connections"]);
        (await project.ScalarAsync("SHOW max_connections")).ShouldBe("100");
        (await project.RunAsync("apply", "--restart")).ExitCode.ShouldBe(0);
        (await project.ScalarAsync("SHOW max_connections")).ShouldBe("60");
        (await project.DifferencesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task an_instance_is_rendered_and_destroyed_after_two_confirmations_and_a_last_backup()
    {
        await using var project = new InstanceProject();
        project.Declare(project.Standard + Inside);
        var rendered = await project.RunAsync("render", project.Name, "--to", "files");
        rendered.ExitCode.ShouldBe(0, rendered.ToString());
        File.ReadAllText(project["files" + project.DataFolder + "/lockkeeper.conf"]).ShouldContain("listen_addresses = 'localhost'");
        await AppliedAsync(project);
        foreach (var file in Directory.EnumerateFiles(project["files" + project.DataFolder]))
            File.ReadAllText(Path.Combine(project.DataFolder, Path.GetFileName(file))).ShouldBe(File.ReadAllText(file), $"what was rendered is what was written: {file}");

        project.Declare(project.Standard + Inside.Replace("protect: false", "protect: true", StringComparison.Ordinal));
        await RunRefusedAsync(project, "LK4006", "is protected", "destroy", project.Name, "--yes", "--name", project.Name, "--no-last-backup");
        project.Declare(project.Standard + Inside);
        await RunRefusedAsync(project, "LK4031", "--last-backup", "destroy", project.Name, "--yes", "--name", project.Name);
        await RunRefusedAsync(project, "LK1", "the database shop", "destroy", project.Name, "--yes", "--last-backup", "backups");
        (await project.RunAsync("destroy", project.Name, "--dry-run")).Output.ShouldContain("would take away the database shop");
        (await project.DifferencesAsync()).ShouldBeEmpty("nothing was destroyed so far");

        var destroyed = await project.RunAsync("destroy", project.Name, "--yes", "--name", project.Name, "--last-backup", "backups");
        destroyed.ExitCode.ShouldBe(0, destroyed.ToString());
        var backup = Directory.EnumerateFiles(project["backups"]).ShouldHaveSingleItem();
        File.ReadAllText(backup).ShouldContain("CREATE DATABASE shop");
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(project.DataFolder)!).ShouldBeEmpty();
        (await project.RunAsync("destroy", project.Name, "--yes", "--name", project.Name, "--no-last-backup")).ExitCode.ShouldBe(0, "an interrupted one is gone on with");
    }

    [Fact]
    public async Task what_cannot_be_made_is_refused_before_anything_is_changed()
    {
        await using var project = new InstanceProject();
        project.Declare(project.Standard.Replace("version: 15", "version: 99", StringComparison.Ordinal));
        await RunRefusedAsync(project, "LK4024", "has no PostgreSQL 99", "apply");
        project.Declare(project.Standard + "parameters: { shared_bufers: 1GB }\n");
        await RefusedAsync(project, "LK4003", "shared_bufers");
        project.Declare(project.Standard + "parameters: { port: 1234 }\n");
        await RefusedAsync(project, "LK4003", "follows from 'instance'");
        project.Declare(project.Standard + "nodes: [{ name: a, host: 127.0.0.1, port: 1 }]\n");
        await RefusedAsync(project, "LK1700", "cannot be reached by SSH");
        project.Declare(project.Standard + "nodes: [{ name: a }, { name: b, role: replica }]\n");
        await RefusedAsync(project, "LK4032", "replicas are not made yet");
        project.Declare(project.Standard + "tls: { certificate: none.crt, key: \"${env:APP_PASSWORD}\" }\n");
        await RefusedAsync(project, "LK4029", "none.crt");
        project.Declare(project.Standard);
        using (var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, project.Port))
        {
            listener.Start();
            await RefusedAsync(project, "LK4025", $"port {project.Port}");
        }

        Directory.Exists(Path.GetDirectoryName(project.DataFolder)).ShouldBeFalse();
        Directory.CreateDirectory(project.DataFolder);
        File.WriteAllText(Path.Combine(project.DataFolder, "precious"), "data");
        await RefusedAsync(project, "LK4026", "is not empty");
        File.ReadAllText(Path.Combine(project.DataFolder, "precious")).ShouldBe("data");
        project.Variables["ADMIN_URL"] = $"postgres://keeper@127.0.0.1:{project.Port}/postgres";
        await RefusedAsync(project, "LK4009", "no password");
    }

    [Fact]
    public async Task an_instance_on_another_host_is_made_by_ssh()
    {
        await using var far = await NetworkHost.StartAsync();
        await using var project = new InstanceProject(far.Address);
        project.Declare(project.Standard + Inside + $"nodes: [{far.Node}]\ntls: {{ self_signed: true }}\n");
        // From elsewhere nothing is opened that nobody has declared; an SSH server on loopback is not elsewhere.
        if (far.Address != "127.0.0.1")
            await RefusedAsync(project, "LK4005", "address: ");
        project.Declare(project.Standard + Inside + $"nodes: [{far.Node}]\ntls: {{ self_signed: true }}\naccess: [{{ type: hostssl, address: 198.18.0.0/15 }}, {{ type: host, address: 127.0.0.1/32 }}]\n");
        (await AppliedAsync(project)).Output.ShouldContain($"of {far.User}@{far.Address}");
        (await project.DifferencesAsync()).ShouldBeEmpty();
        (await project.ScalarAsync("SELECT current_user", "app", "app-password-1", "shop")).ShouldBe("app");
        (await project.RunAsync("destroy", project.Name, "--yes", "--name", project.Name, "--no-last-backup")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task debians_own_programs_know_an_instance_in_their_layout()
    {
        // Its folders belong to root and to postgres, as whom only root can act.
        if (!Environment.IsPrivilegedProcess)
            return;
        await using var project = new InstanceProject { DebianVersion = 15 };
        project.Declare(Inside + $"version: 15\ninstance: {{ layout: debian, service: none, port: {project.Port} }}\n");
        try
        {
            await AppliedAsync(project);
            (await project.DifferencesAsync()).ShouldBeEmpty();
            var known = await OutputAsync("pg_lsclusters", "--no-header");
            known.ShouldContain(project.Name);
            known.Split('\n').Single(line => line.Contains(project.Name, StringComparison.Ordinal)).ShouldMatch($@"15\s+{project.Name}\s+{project.Port}\s+online\s+postgres");
        }
        finally
        {
            (await project.RunAsync("destroy", project.Name, "--yes", "--name", project.Name, "--no-last-backup")).ExitCode.ShouldBe(0);
            File.Delete($"/var/log/postgresql/postgresql-15-{project.Name}.log");
        }

        Directory.Exists($"/etc/postgresql/15/{project.Name}").ShouldBeFalse();
        Directory.Exists(project.DataFolder).ShouldBeFalse();
    }

    private static async Task<LkResult> AppliedAsync(InstanceProject project)
    {
        var result = await project.RunAsync("apply");
        result.ExitCode.ShouldBe(0, result.ToString());
        return result;
    }

    /// <summary>Looks, which is the first thing that an apply does, without starting the program.</summary>
    private static async Task RefusedAsync(InstanceProject project, string code, string words)
    {
        var error = await Should.ThrowAsync<LockkeeperException>(project.DifferencesAsync);
        var all = $"{error.At} {error.Code.Id} {error.Message} {error.Hint} {string.Join('\n', error.Facts.Select(fact => fact.Text))}";
        all.ShouldContain(code);
        all.ShouldContain(words);
        all.ShouldNotContain("correct-horse");
    }

    private static async Task RunRefusedAsync(InstanceProject project, string code, string words, params string[] arguments)
    {
        var result = await project.RunAsync(arguments);
        result.ExitCode.ShouldBeInRange(2, 5, result.ToString());
        result.Errors.ShouldContain(code, customMessage: result.ToString());
        result.Errors.ShouldContain(words, customMessage: result.ToString());
        result.ToString().ShouldNotContain("correct-horse");
    }

    private static async Task<string> ModeAsync(InstanceProject project, string file) => (await OutputAsync("stat", "-c", "%a", Path.Combine(project.DataFolder, file))).Trim();

    private static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
