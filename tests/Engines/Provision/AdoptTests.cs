using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Provision;

/// <summary>Declarations of clusters that people have made by hand.</summary>
public sealed class AdoptTests
{
    private const string ByHand =
        """
        CREATE ROLE "Team Lead" LOGIN CREATEROLE PASSWORD 'x-long-enough' VALID UNTIL '2100-06-01 12:00+02';
        CREATE ROLE reader; CREATE ROLE "on" LOGIN; CREATE ROLE writer IN ROLE reader;
        GRANT writer TO "Team Lead" WITH ADMIN OPTION; GRANT pg_monitor TO reader;
        ALTER ROLE "Team Lead" SET search_path = "$user", app, public; ALTER ROLE writer SET pg_stat_statements.track = 'none';
        ALTER ROLE reader CONNECTION LIMIT 3;
        CREATE DATABASE "my shop" OWNER writer TEMPLATE template0; ALTER DATABASE "my shop" SET timezone = 'Europe/Vienna'; ALTER DATABASE "my shop" CONNECTION LIMIT 40;
        ALTER ROLE writer IN DATABASE "my shop" SET work_mem = '33MB';
        CREATE DATABASE other; REVOKE ALL ON DATABASE other FROM PUBLIC; GRANT CONNECT ON DATABASE other TO reader WITH GRANT OPTION;
        ALTER SYSTEM SET log_min_duration_statement = '1500ms'; ALTER SYSTEM SET work_mem = '13MB'; ALTER SYSTEM SET search_path = 'public', 'app'; SELECT pg_reload_conf();
        """;

    private const string Inside =
        """
        CREATE SCHEMA app AUTHORIZATION writer; CREATE SCHEMA "Odd Name"; CREATE EXTENSION hstore SCHEMA app; CREATE EXTENSION pg_stat_statements;
        CREATE TABLE app.orders (id bigint PRIMARY KEY, owner text, total numeric); ALTER TABLE app.orders OWNER TO writer;
        CREATE TABLE app.items (id int); CREATE VIEW app.big AS SELECT * FROM app.orders WHERE total > 10; CREATE SEQUENCE app.numbers;
        CREATE FUNCTION app.twice(int, text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 2 * $1'; CREATE PROCEDURE app.nothing() LANGUAGE sql AS 'SELECT 1';
        CREATE TYPE app.mood AS ENUM ('good', 'bad'); CREATE DOMAIN app.positive AS int CHECK (VALUE > 0);
        CREATE FOREIGN DATA WRAPPER wrapper; CREATE SERVER far FOREIGN DATA WRAPPER wrapper; GRANT USAGE ON FOREIGN SERVER far TO reader; GRANT USAGE ON FOREIGN DATA WRAPPER wrapper TO reader;
        GRANT USAGE ON SCHEMA app TO reader, "on"; GRANT SELECT ON ALL TABLES IN SCHEMA app TO reader; GRANT INSERT, UPDATE ON app.orders TO "on" WITH GRANT OPTION; GRANT SELECT (id), UPDATE (total) ON app.orders TO "Team Lead";
        GRANT SELECT ON app.items TO PUBLIC; REVOKE EXECUTE ON FUNCTION app.twice(int, text) FROM PUBLIC; GRANT EXECUTE ON FUNCTION app.twice(int, text) TO reader; REVOKE USAGE ON TYPE app.mood FROM PUBLIC;
        GRANT USAGE ON SEQUENCE app.numbers TO "on"; REVOKE CREATE ON SCHEMA public FROM PUBLIC; REVOKE DELETE ON app.orders FROM writer;
        ALTER DEFAULT PRIVILEGES FOR ROLE writer IN SCHEMA app GRANT SELECT ON TABLES TO reader; ALTER DEFAULT PRIVILEGES FOR ROLE writer REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; ALTER DEFAULT PRIVILEGES FOR ROLE writer GRANT USAGE ON SEQUENCES TO "on" WITH GRANT OPTION;
        ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY; CREATE POLICY "own rows" ON app.orders TO reader, "on" USING (owner = current_user AND total > 0); CREATE POLICY no_deletes ON app.orders AS RESTRICTIVE FOR DELETE USING (false);
        CREATE POLICY adding ON app.orders FOR INSERT TO "on" WITH CHECK (total BETWEEN 0 AND 1000);
        REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC; GRANT USAGE ON LANGUAGE plpgsql TO writer; SELECT lo_create(4711); GRANT SELECT ON LARGE OBJECT 4711 TO reader;
        """;

    [Fact]
    public async Task a_plan_on_what_was_adopted_is_empty()
    {
        await using var project = await ClusterProject.CreateAsync();
        await project.SqlAsync("postgres", ByHand);
        await project.SqlAsync("my shop", Inside);
        var adopted = await project.RunAsync("adopt", "main", "--url", "${env:ADMIN_URL}", "--env", "dev");
        adopted.ExitCode.ShouldBe(0, adopted.ToString());
        adopted.Output.ShouldContain("A plan on it is empty.");
        adopted.Output.ShouldContain("Team Lead");
        var yaml = await File.ReadAllTextAsync(Path.Combine(project.Project.Folder, "clusters/main.yaml"), TestContext.Current.CancellationToken);
        yaml.ShouldNotContain("SCRAM");
        yaml.ShouldContain("\"${env:ADMIN_URL}\"");
        yaml.ShouldContain("# password: \"${env:TEAM_LEAD_PASSWORD}\"");
        var drift = await project.RunAsync("drift");
        drift.ExitCode.ShouldBe(0, drift.ToString());
        (await project.RunAsync("adopt", "main", "--url", "${env:ADMIN_URL}")).Errors.ShouldContain("LK1107: clusters/main.yaml exists already");
    }

    [Fact]
    public async Task what_was_adopted_makes_the_same_on_an_empty_cluster()
    {
        await using var first = await ClusterProject.CreateAsync();
        await first.SqlAsync("postgres", ByHand);
        (await first.RunAsync("adopt", "main", "--url", "${env:ADMIN_URL}")).ExitCode.ShouldBe(0);
        var yaml = await File.ReadAllTextAsync(Path.Combine(first.Project.Folder, "clusters/main.yaml"), TestContext.Current.CancellationToken);
        await using var second = await ClusterProject.CreateAsync();
        second.Project.File("clusters/main.yaml", string.Join('\n', yaml.Split('\n').Where(line => !line.TrimStart().StartsWith("port:", StringComparison.Ordinal))));
        var applied = await second.RunAsync("apply", "--yes");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        await second.SqlAsync("my shop", Inside);
        await first.SqlAsync("my shop", Inside);
        const string all = "SELECT string_agg(format('%s %s', rolname, (SELECT string_agg(m.roleid::regrole::text || m.admin_option, ',' ORDER BY 1) FROM pg_auth_members m WHERE m.member = r.oid)), E'\\n' ORDER BY rolname) FROM pg_roles r WHERE rolname !~ '^pg_'";
        (await second.ScalarAsync("my shop", all)).ShouldBe(await first.ScalarAsync("my shop", all));
    }

    [Fact]
    public async Task a_role_that_may_see_less_is_told_what_it_did_not_see()
    {
        await using var project = await ClusterProject.CreateAsync();
        await project.SqlAsync("postgres", "CREATE ROLE half LOGIN CREATEROLE CREATEDB PASSWORD 'half-a-password'");
        project.Project.Variables["ADMIN_URL"] = $"postgres://half:half-a-password@127.0.0.1:{project.Cluster.Port}/postgres";
        var adopted = await project.RunAsync("adopt", "main", "--url", "${env:ADMIN_URL}");
        adopted.ExitCode.ShouldBe(0, adopted.ToString());
        adopted.Output.ShouldContain("not read: whether passwords are as declared: this role may not read pg_authid");
        adopted.Output.ShouldNotContain("half-a-password");
    }
}
