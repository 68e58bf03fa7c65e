using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.Hosts;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Provision;

/// <summary>A real PgBouncer, declared, applied, changed by hand and found.</summary>
public sealed class PoolerTests
{
    private const string AppPassword = "app's $ecret \"one\"";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_declared_pooler_lets_roles_in_and_what_is_changed_by_hand_is_taken_back()
    {
        await using var place = new PoolerPlace();
        await using var project = await ProjectAsync();
        var port = PoolerPlace.FreePort();
        project.Declare(Declaration(place, port));
        var first = await project.RunAsync("apply", "--yes");
        first.ExitCode.ShouldBe(0, first.ToString());
        var again = await project.RunAsync("apply");
        again.Output.ShouldContain("It is as declared.", Case.Sensitive, again.ToString());

        (await SignInAsync(port, "shop", "app", AppPassword)).ShouldBe("app shop");
        (await SignInAsync(port, "shop", "reports", "reports-password")).ShouldBe("reports shop", "it stands under [users], and is not looked up");
        (await Should.ThrowAsync<PostgresException>(() => SignInAsync(port, "shop", project.Cluster.User, project.Cluster.Password))).Message.ShouldContain("no such user", Case.Insensitive, "superusers do not sign in through a pooler");
        await Should.ThrowAsync<PostgresException>(() => SignInAsync(port, "shop", "app", "wrong"));
        (await project.ScalarAsync("shop", "SELECT has_function_privilege('app', 'lockkeeper.pooler_lookup(text)', 'EXECUTE')::text")).ShouldBe("false");
        var secret = (await File.ReadAllTextAsync(place["userlist.txt"], Cancel)).Split('"')[3];
        secret.Length.ShouldBe(48);
        first.ToString().ShouldNotContain(secret);
        var observed = await project.Project.RunAsync("observe", "metrics", "pgbouncer://main");
        observed.Output.ShouldContain("pgbouncer_up{target=\"pgbouncer://main\"} 1\n", Case.Sensitive, observed.ToString());
        observed.ToString().ShouldNotContain(secret);
        (await project.Project.RunAsync("ledger", "show", "--json")).ToString().ShouldNotContain(secret);
        File.GetUnixFileMode(place["userlist.txt"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await File.AppendAllTextAsync(place["pgbouncer.ini"], "max_client_conn = 7\n", Cancel);
        await project.SqlAsync("shop", "CREATE OR REPLACE FUNCTION lockkeeper.pooler_lookup(uname text) RETURNS TABLE(usename name, passwd text) LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT rolname, rolpassword FROM pg_authid WHERE rolname = $1'; GRANT EXECUTE ON FUNCTION lockkeeper.pooler_lookup(text) TO PUBLIC; ALTER ROLE pgbouncer CREATEDB");
        (await project.DifferencesAsync()).ShouldBe(["role pgbouncer: createdb yes → no", "shop: the pooler's lookup: changed by hand → as it should be", $"file {place["pgbouncer.ini"]}: without 'max_client_conn = 7'", "pooler: reads its files again"]);
        (await project.RunAsync("apply", "--yes")).ExitCode.ShouldBe(0);
        await ConsoleAsync(project, place, port, "SET default_pool_size = 7");
        (await project.DifferencesAsync()).ShouldBe(["pooler as it runs: default_pool_size 7 → 20"]);
        var corrected = await project.RunAsync("apply");
        corrected.ExitCode.ShouldBe(0, corrected.ToString());
        await project.SqlAsync("postgres", "ALTER ROLE pgbouncer PASSWORD 'somebody-elses'");
        (await project.RunAsync("drift")).Output.ShouldContain("role pgbouncer: password");
        (await project.RunAsync("apply")).ExitCode.ShouldBe(0);

        WriteCertificate(project.Project);
        project.Declare(Declaration(place, port) + "  tls: { certificate: tls/pooler.crt, key: \"${file:tls/pooler.key}\" }\n");
        var encrypted = await project.RunAsync("apply");
        encrypted.ExitCode.ShouldBe(0, encrypted.ToString());
        (await SignInAsync(port, "shop", "app", AppPassword, SslMode.VerifyCA, Path.Combine(project.Project.Folder, "tls/pooler.crt"))).ShouldBe("app shop");
        (await Should.ThrowAsync<PostgresException>(() => SignInAsync(port, "shop", "app", AppPassword, SslMode.Disable))).Message.ShouldContain("SSL required");

        var other = PoolerPlace.FreePort();
        project.Declare(Declaration(place, other));
        var moved = await project.RunAsync("apply");
        moved.Output.ShouldContain("restarted for listen_port", Case.Sensitive, moved.ToString());
        (await SignInAsync(other, "shop", "app", AppPassword)).ShouldBe("app shop");
    }

    [Fact]
    public async Task what_pgbouncer_does_not_take_is_refused_before_anything_changes()
    {
        await using var place = new PoolerPlace();
        await using var project = await ProjectAsync();
        var port = PoolerPlace.FreePort();
        project.Declare(Declaration(place, port) + "  parameters: { server_round_robin: perhaps }\n");
        var refused = await project.RunAsync("apply", "--yes");
        refused.ExitCode.ShouldBe(2, refused.ToString());
        refused.Errors.ShouldContain("LK4041");
        refused.Errors.ShouldContain("invalid value \"perhaps\" for parameter server_round_robin");
        project.Declare(Declaration(place, port) + "  parameters: { listen_port: 1 }\n");
        (await project.RunAsync("plan")).Errors.ShouldContain("clusters/main.yaml:");
        project.Declare(Declaration(place, project.Cluster.Port));
        (await project.RunAsync("plan")).Errors.ShouldContain("LK4025: another program listens on the pooler's port");
        Directory.Exists(place.Folder).ShouldBeFalse();
        (await project.ScalarAsync("postgres", "SELECT count(*)::text FROM pg_roles WHERE rolname = 'pgbouncer'")).ShouldBe("0");
    }

    [Fact]
    public async Task an_instance_and_its_pooler_are_made_in_one_plan_and_destroyed_together()
    {
        await using var place = new PoolerPlace();
        await using var project = new InstanceProject();
        var port = PoolerPlace.FreePort();
        project.Declare(project.Standard + $$"""
            protect: false
            roles: { app: { login: true, password: "${env:APP_PASSWORD}" } }
            databases: { shop: }
            access: [ { type: host, databases: shop, users: app, address: 10.0.0.0/8 } ]
            pooler: { port: {{port}}, folder: {{place.Folder}}, user: {{PoolerPlace.User}}, service: none }

            """);
        var plan = await project.DifferencesAsync();
        plan[0].ShouldStartWith($"instance {project.Name}: made in");
        plan[^1].ShouldBe("pooler: started");
        Directory.Exists(place.Folder).ShouldBeFalse("a plan changes nothing");
        var made = await project.RunAsync("apply");
        made.ExitCode.ShouldBe(0, made.ToString());
        (await project.DifferencesAsync()).ShouldBeEmpty();
        (await SignInAsync(port, "shop", "app", "app-password-1")).ShouldBe("app shop", "the declared rules let nobody in from here, and the pooler's own does");
        (await project.RunAsync("render", project.Name)).Output.ShouldContain("default_pool_size = 80");
        var gone = await project.RunAsync("destroy", project.Name, "--name", project.Name, "--yes", "--no-last-backup");
        gone.ExitCode.ShouldBe(0, gone.ToString());
        Directory.Exists(place.Folder).ShouldBeFalse();
    }

    [Fact]
    public async Task a_pgpool_starts_with_the_files_that_are_written_for_it()
    {
        await using var project = await ProjectAsync();
        using var folder = new TestFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)Convert.ToInt32("777", 8));
        var port = PoolerPlace.FreePort();
        project.Declare($$"""
            roles: { app: { login: true, password: "${env:APP_PASSWORD}" } }
            databases: { shop: }
            pooler: { engine: pgpool, port: {{port}}, mode: session, max_client_conn: 3, server_host: 127.0.0.1, server_port: {{project.Cluster.Port}}, folder: {{folder.Path}}, parameters: { pcp_port: {{PoolerPlace.FreePort()}} } }

            """);
        var applied = await project.RunAsync("apply");
        applied.Output.ShouldContain("not checked: the pooler", Case.Sensitive, applied.ToString());
        var written = await project.RunAsync("export", "--pooler", "main", "--to", folder.Path);
        written.ExitCode.ShouldBe(0, written.ToString());
        folder.Write("pool_passwd", $"app:TEXT{AppPassword}\n");
        var pgpool = File.Exists("/usr/sbin/pgpool") ? "/usr/sbin/pgpool" : "pgpool";
        await using var process = OwnedProcess.Start(
            new ProcessSpec("/bin/sh", ["-c", "\"$@\" </dev/null & cat >/dev/null; kill -INT $!; wait", "pgpool-guard", .. ServerUser.Find().Launcher, pgpool, "-n", "-f", folder["pgpool.conf"], "-a", folder["pool_hba.conf"], "-F", "/dev/null"]) { Folder = "/" }, new Redactor());
        // Its socket in the folder is there before it listens on the port.
        await Eventually.TrueAsync(() => TcpPort.AnswersAsync(port), "a port that Pgpool-II listens on");
        (await SignInAsync(port, "shop", "app", AppPassword)).ShouldBe("app shop");
    }

    private static async Task<ClusterProject> ProjectAsync()
    {
        var project = await ClusterProject.CreateAsync();
        project.Project.Variables["APP_PASSWORD"] = AppPassword;
        project.Project.Variables["REPORTS_PASSWORD"] = "reports-password";
        return project;
    }

    private static string Declaration(PoolerPlace place, int port) =>
        $$"""
        roles:
          app: { login: true, password: "${env:APP_PASSWORD}" }
          reports: { login: true, password: "${env:REPORTS_PASSWORD}" }
        databases:
          shop: { grants: [ { to: public, kind: database, privileges: [] }, { to: [app, reports], kind: database, privileges: connect } ] }
          other:
        pooler:
          port: {{port}}
          databases: { shop: { max_connections: 30 }, other: { pool_size: 3 } }
          users: { reports: { mode: session, max_connections: 2 } }
          folder: {{place.Folder}}
          user: {{PoolerPlace.User}}
          service: none

        """;

    private static async Task<string?> SignInAsync(int port, string database, string user, string password, SslMode ssl = SslMode.Disable, string? certificate = null)
    {
        var settings = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Database = database, Username = user, Password = password, Pooling = false, SslMode = ssl, RootCertificate = certificate, NoResetOnClose = true };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand("SELECT current_user || ' ' || current_database()", connection);
        return (string?)await command.ExecuteScalarAsync(Cancel);
    }

    private static async Task ConsoleAsync(ClusterProject project, PoolerPlace place, int port, string command)
    {
        var user = ServerUser.Find().Launcher;
        IReadOnlyList<string> words = [.. user, "psql", "-X", "-h", place.Folder, "-p", $"{port}", "-U", "pgbouncer", "-d", "pgbouncer", "-c", command];
        var ended = await Ansible.RunAsync(project.Project.Folder, new Dictionary<string, string?>(), words[0], [.. words.Skip(1)]);
        ended.ExitCode.ShouldBe(0, ended.Output);
    }

    private static void WriteCertificate(LkProject project)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        project.File("tls/pooler.crt", certificate.ExportCertificatePem() + "\n");
        project.File("tls/pooler.key", key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
