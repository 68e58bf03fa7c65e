using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>The sizes that the tenants are built for.</summary>
[Trait("Category", "Long")]
public sealed class ManyTenantsTests
{
    [Fact]
    public async Task a_thousand_schemas_in_one_database()
    {
        await using var project = (await TenantProject.OfSchemasAsync(1000, ", parallel: 4, canary: 2")).WithTwoMigrations();
        project.Migration("0003_more", "ALTER TABLE orders ADD COLUMN more text;", "ALTER TABLE orders DROP COLUMN more;");
        await project["dev"].ExecuteAsync("CREATE TABLE t0500.orders (id int)");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(4, "LK3144");
        await project["dev"].ExecuteAsync("DROP TABLE t0500.orders");
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev", "--accept-drift");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project["dev"].AppliedAsync("0003")).ShouldBe("1000");
        var status = await project.RunAsync("migrate", "status", "--all");
        status.Output.ShouldContain("this one in 1000 of 1000 tenants");
        status.Output.ShouldContain("t1000");
    }

    [Fact]
    public async Task two_hundred_databases_on_one_server()
    {
        await using var project = (await LkProject.CreateAsync("dev")).WithTwoMigrations();
        var prefix = project["dev"].Name;
        try
        {
            for (var n = 1; n <= 200; n++)
                await project["dev"].ExecuteAsync($"CREATE DATABASE \"{prefix}_{n:000}\" TEMPLATE template0");
            project.Target("dev", $$"""{ url: "${env:URL_DEV}", databases: { query: "SELECT datname FROM pg_database WHERE datname LIKE '{{prefix}}\\_%' ORDER BY 1" }, parallel: 4 }""");
            var applied = await project.RunAsync("migrate", "apply", "--env", "dev");
            applied.ExitCode.ShouldBe(0, applied.ToString());
            applied.Output.ShouldContain("200 done");
            (await project.RunAsync("migrate", "status")).Output.ShouldContain("this one in 200 of 200 tenants");
        }
        finally
        {
            for (var n = 1; n <= 200; n++)
                await project["dev"].ExecuteAsync($"DROP DATABASE IF EXISTS \"{prefix}_{n:000}\" WITH (FORCE)");
        }
    }
}
