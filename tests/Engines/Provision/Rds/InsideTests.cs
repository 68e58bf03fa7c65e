using Lockkeeper.Tests.TestKit.PostgreSql;
using Lockkeeper.Tests.TestKit.Rds;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Provision.Rds;

/// <summary>What is inside of a managed instance, made by a master user that is no superuser.</summary>
public sealed class InsideTests
{
    private const string Inside =
        """

        admin: "postgres://master:${env:MASTER_PASSWORD}@/postgres?sslmode=disable"
        roles:
          shop_owner:
          readers:
          app: { login: true, password: "${env:APP_PASSWORD}", member_of: [readers, rds_iam], settings: { statement_timeout: 30s } }
        databases:
          shop:
            owner: shop_owner
            extensions: { pg_trgm: { schema: extensions } }
            schemas: { app: { owner: shop_owner }, extensions: }
            grants:
              - { to: public, kind: database, privileges: [] }
              - { to: [app, readers], kind: database, privileges: connect }
              - { to: [app, readers], kind: schemas, names: app, privileges: usage }
            default_privileges:
              - { creator: shop_owner, schema: app, kind: tables, to: readers, privileges: select }
        """;

    [Theory]
    [InlineData(15)]
    [InlineData(17)]
    public async Task one_run_makes_the_instance_and_what_is_inside(int version)
    {
        await using var server = await ManagedPostgreSql.StartAsync(version == 17 ? LabCluster.Binaries : null);
        using var emulator = new Emulated(behind: server.Cluster);
        await using var project = await emulator.ProjectAsync();
        project.Project.Variables["APP_PASSWORD"] = "of-the-application";
        project.Declare("main", emulator.Instance("") + Inside);
        var plan = await project.RunAsync("plan", "main");
        plan.Output.ShouldContain("not checked: what is inside (3 roles, 1 database): the same run makes it as declared once the instance answers");

        var applied = await project.RunAsync("apply", "main");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        applied.Output.ShouldContain("role master: member of shop_owner, since it is no superuser and is to give it things");
        (await project.DifferencesAsync("main")).ShouldBeEmpty();
        (await server.ScalarAsync("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'")).ShouldBe("shop_owner");
        await server.SqlAsync("SET ROLE shop_owner; CREATE TABLE app.orders (id int)", "shop");
        (await server.ScalarAsync("SELECT has_table_privilege('app', 'app.orders', 'select')::text", "shop")).ShouldBe("true");
        (await server.ScalarAsync("SELECT rolpassword ~ '^SCRAM-SHA-256' FROM pg_authid WHERE rolname = 'app'")).ShouldBe("t");

        await server.SqlAsync("REVOKE USAGE ON SCHEMA app FROM readers; ALTER ROLE app CONNECTION LIMIT 3", "shop");
        var drift = await project.RunAsync("drift", "main");
        drift.ExitCode.ShouldBe(1, drift.ToString());
        drift.Output.ShouldContain("role app: connection_limit 3 → none");
        drift.Output.ShouldContain("not checked: whether passwords are as declared: this role may not read pg_authid");
        await project.MadeAsync("main");
        (await project.DifferencesAsync("main")).ShouldBeEmpty();
    }

    [Fact]
    public async Task an_instance_with_roles_and_databases_is_adopted_without_what_belongs_to_the_service()
    {
        await using var server = await ManagedPostgreSql.StartAsync();
        using var emulator = new Emulated(behind: server.Cluster);
        await using var project = await emulator.ProjectAsync();
        project.Project.Variables["APP_PASSWORD"] = "of-the-application";
        project.Declare("main", emulator.Instance("iam_auth: true, logs: [postgresql]") + Inside);
        await project.MadeAsync("main");
        project.Project.Remove("clusters/main.yaml");

        var adopted = await project.RunAsync("adopt", "main", "--url", "rds://eu-west-1/main", "--endpoint", emulator.Service.Url, "--admin", "postgres://master:${env:MASTER_PASSWORD}@/postgres?sslmode=disable");
        adopted.ExitCode.ShouldBe(0, adopted.ToString());
        adopted.Output.ShouldContain("A plan on it is empty.");
        var yaml = await File.ReadAllTextAsync(Path.Combine(project.Project.Folder, "clusters/main.yaml"), TestContext.Current.CancellationToken);
        yaml.ShouldContain("shop_owner:");
        yaml.ShouldNotContain("rdsadmin");
        yaml.ShouldNotContain("of-the-master");
    }

    [Fact]
    public async Task two_runners_at_once_make_everything_once_and_both_end_well()
    {
        await using var server = await ManagedPostgreSql.StartAsync();
        using var emulator = new Emulated(behind: server.Cluster);
        await using var project = await emulator.ProjectAsync();
        project.Project.Variables["APP_PASSWORD"] = "of-the-application";
        project.Declare("main", emulator.Instance("") + Inside + "\nparameters: { work_mem: 64MB }");
        var both = await Task.WhenAll(project.RunAsync("apply", "main"), project.RunAsync("apply", "main"));
        both.ShouldAllBe(result => result.ExitCode == 0, string.Join('\n', both.AsEnumerable()));
        emulator.Service.Count.ShouldBe(1);
        (await project.DifferencesAsync("main")).ShouldBeEmpty();
    }
}
