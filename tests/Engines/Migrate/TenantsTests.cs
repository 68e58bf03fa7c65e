using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Targets that stand for many tenants: schemas of one database, databases of one server, URLs.</summary>
public sealed class TenantsTests
{
    private static async Task<LkProject> SchemasAsync(int count, string further = "")
    {
        var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync($"CREATE TABLE public.tenants (schema text PRIMARY KEY); DO $$ BEGIN FOR i IN 1..{count} LOOP EXECUTE format('CREATE SCHEMA %I', 't' || lpad(i::text, 4, '0')); END LOOP; END $$; INSERT INTO tenants SELECT 't' || lpad(i::text, 4, '0') FROM generate_series(1, {count}) i");
        project.Target("dev", $$"""{ url: "${env:URL_DEV}", schemas: { query: "SELECT schema FROM public.tenants ORDER BY 1" }{{further}} }""");
        return project;
    }

    private static LkProject Two(LkProject project) => project
        .Migration("0001_orders", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);", "DROP TABLE orders;")
        .Migration("0002_note", "CREATE INDEX orders_note ON orders (note);", "DROP INDEX orders_note;");

    [Fact]
    public async Task a_release_is_applied_to_each_schema()
    {
        await using var project = Two(await SchemasAsync(5));
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_class WHERE relname = 'orders_note' AND relnamespace::regnamespace::text LIKE 't000_'")).ShouldBe("5");
        (await project["dev"].ScalarAsync("SELECT count(*) || ' ' || count(DISTINCT series) || ' ' || min(series) FROM lockkeeper.migrations")).ShouldBe("10 5 shop@t0001");
        (await project["dev"].ScalarAsync("SELECT to_regclass('public.orders')::text")).ShouldBeNull();
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.Output.ShouldContain("nothing to do: all 5 tenants are at this release");
        var back = await project.RunAsync("migrate", "rollback", "--env", "dev", "--to", "0001", "--yes");
        back.ExitCode.ShouldBe(0, back.ToString());
        (await project["dev"].ScalarAsync("SELECT string_agg(DISTINCT outcome, ' ') FROM lockkeeper.migrations WHERE id = '0002'")).ShouldBe("rolled_back");
    }
}
