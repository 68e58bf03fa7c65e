using System.Text;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Provision;

/// <summary>From a declaration to a cluster, as a user runs it.</summary>
public sealed class ApplyTests
{
    [Fact]
    public async Task a_large_declaration_is_applied_in_one_run_and_the_second_run_changes_nothing()
    {
        await using var project = await ClusterProject.CreateAsync();
        project.Declare(Large());
        var plan = await project.RunAsync("plan");
        plan.ExitCode.ShouldBe(0, plan.ToString());
        plan.Output.ShouldContain("role r01: new, login");
        plan.Output.ShouldContain("Nothing was changed.");
        (await project.ScalarAsync("postgres", "SELECT count(*) FROM pg_roles WHERE rolname ~ '^r[0-9]'")).ShouldBe("0");

        var applied = await project.RunAsync("apply", "--yes");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        applied.Output.ShouldContain("read again, and it is as declared");
        (await project.ScalarAsync("postgres", "SELECT count(*) FROM pg_roles WHERE rolname ~ '^r[0-9]'")).ShouldBe("50");
        (await project.ScalarAsync("postgres", "SELECT count(*) FROM pg_database WHERE datname ~ '^d[0-9]'")).ShouldBe("20");
        (await project.ScalarAsync("d01", "SELECT count(*) FROM pg_extension")).ShouldBe("11");
        (await project.DifferencesAsync()).ShouldBeEmpty();

        var second = await project.RunAsync("apply");
        second.ExitCode.ShouldBe(0);
        second.Output.ShouldContain("It is as declared.");
        (await project.Project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
        (await project.Project.RunAsync("ledger", "show")).Output.ShouldContain("run.finished");
    }

    [Fact]
    public async Task what_takes_something_away_is_named_with_whom_and_waits_for_a_yes()
    {
        await using var project = await ClusterProject.CreateAsync();
        project.Declare("roles: { owner: , readers: , ada: { login: true, member_of: readers }, bob: { login: true, member_of: readers } }\ndatabases: { shop: { owner: owner, schemas: { public: }, grants: [{ to: readers, kind: tables, schema: public, privileges: select, grantable: true }] } }");
        (await project.ConvergeAsync()).Left.ShouldBeEmpty();
        await project.SqlAsync("shop", "CREATE TABLE orders (id int)");
        await project.ConvergeAsync();
        // Granted on by the one who may.
        await project.SqlAsync("shop", "SET ROLE readers; GRANT SELECT ON orders TO bob");
        project.Declare("roles: { owner: , readers: , ada: { login: true, member_of: readers }, bob: { login: true } }\ndatabases: { shop: { owner: owner, schemas: { public: }, grants: [] } }");
        var refused = await project.RunAsync("apply");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("LOST: what readers may do, from bob");
        refused.Errors.ShouldContain("LOST: SELECT on table public.orders of shop, from readers (ada, bob)");
        refused.Errors.ShouldContain("LOST: SELECT on table public.orders of shop, which readers has granted to bob");
        (await project.ScalarAsync("shop", "SELECT has_table_privilege('ada', 'orders', 'SELECT')")).ShouldBe("t");
        var applied = await project.RunAsync("apply", "--yes");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project.ScalarAsync("shop", "SELECT relacl::text FROM pg_class WHERE oid = 'orders'::regclass")).ShouldBe("{postgres=arwdDxt/postgres}");
    }

    [Fact]
    public async Task a_role_that_is_nowhere_is_named_before_anything_is_changed()
    {
        await using var project = await ClusterProject.CreateAsync();
        project.Declare("roles: { app: { member_of: raeders }, readers: }\ndatabases: { shop: { owner: nobody_here, schemas: { app: { owner: ap } }, row_security: { app.orders: { policies: { own: { to: owner, using: \"true\" } } } } } }");
        var refused = await project.RunAsync("apply", "--yes");
        refused.ExitCode.ShouldNotBe(0);
        refused.Errors.ShouldContain("the role 'app' is a member of 'raeders', which is neither declared nor a role of the server");
        refused.Errors.ShouldContain("HINT: Did you mean 'readers'?");
        refused.Errors.ShouldContain("the owner of the database 'shop' is 'nobody_here'");
        refused.Errors.ShouldContain("the owner of the schema 'app' is 'ap'");
        refused.Errors.ShouldContain("the policy 'own' of app.orders is for 'owner'");
        (await project.ScalarAsync("postgres", "SELECT count(*) FROM pg_roles WHERE rolname IN ('app', 'readers')")).ShouldBe("0");
    }

    [Fact]
    public async Task a_privilege_that_another_role_has_granted_is_taken_away_as_that_role()
    {
        await using var project = await ClusterProject.CreateAsync();
        project.Declare("roles: { owner: , granter: , app: }\ndatabases: { shop: { owner: owner, grants: [{ to: granter, kind: tables, schema: public, names: t, privileges: [select], grantable: true }] } }");
        await project.ConvergeAsync();
        await project.SqlAsync("shop", "CREATE TABLE t (id int)");
        await project.ConvergeAsync();
        // A REVOKE by anybody else would succeed and do nothing.
        await project.SqlAsync("shop", "SET ROLE granter; GRANT SELECT ON t TO app");
        var (before, left) = await project.ConvergeAsync();
        before.Select(one => one.Words).ShouldBe(["shop: table public.t: SELECT no more to app (not declared)"]);
        left.ShouldBeEmpty();
    }

    [Fact]
    public async Task passwords_are_nowhere_not_even_in_a_server_log_that_keeps_every_statement()
    {
        await using var project = await ClusterProject.CreateAsync(new Dictionary<string, string> { ["log_statement"] = "all", ["log_min_duration_statement"] = "0", ["log_min_error_statement"] = "debug1" });
        project.Project.Variables["APP_PASSWORD"] = "correct-horse-battery";
        project.Declare("roles: { app: { login: true, password: \"${env:APP_PASSWORD}\" } }");
        var applied = await project.RunAsync("apply");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        // The role signs in with it, so the verifier is right.
        var url = $"postgres://app:correct-horse-battery@127.0.0.1:{project.Cluster.Port}/postgres";
        (await Lockkeeper.Tests.TestKit.PostgreSql.Psql.OutputAsync(url, "SELECT current_user")).ShouldContain("app");
        // A statement with a verifier that fails says nothing either.
        await project.SqlAsync("postgres", "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''not today''; END'");
        project.Project.Variables["APP_PASSWORD"] = "another-long-password";
        project.Project.Variables["ADMIN_URL"] = project.Cluster.Url();
        await project.SqlAsync("postgres", "CREATE ROLE weak LOGIN CREATEROLE PASSWORD 'weak-password-here'; GRANT ALL ON DATABASE postgres TO weak; CREATE SCHEMA IF NOT EXISTS lockkeeper; GRANT ALL ON SCHEMA lockkeeper TO weak; GRANT ALL ON ALL TABLES IN SCHEMA lockkeeper TO weak");
        project.Project.Variables["WEAK_PASSWORD"] = "weak-password-here";
        project.Project.Variables["ADMIN_URL"] = $"postgres://weak:weak-password-here@127.0.0.1:{project.Cluster.Port}/postgres";
        await project.SqlAsync("postgres", "ALTER ROLE app SUPERUSER");
        project.Declare("roles: { app: { login: true, superuser: true, password: \"${env:APP_PASSWORD}\" }, other: { login: true, password: \"${env:APP_PASSWORD}\" } }");
        var second = await project.RunAsync("apply");
        var log = await File.ReadAllTextAsync(Path.Combine(project.Cluster.Folder, "server.log"), TestContext.Current.CancellationToken);
        foreach (var text in new[] { log, applied.ToString(), second.ToString(), (await project.Project.RunAsync("ledger", "show", "--json")).ToString(), (await project.RunAsync("plan", "--sql")).ToString() })
        {
            text.ShouldNotContain("correct-horse-battery");
            text.ShouldNotContain("another-long-password");
        }

        log.ShouldContain("CREATE ROLE \"app\"", Case.Sensitive, "the log keeps statements");
        var asSuperuser = log[..log.IndexOf("CREATE ROLE weak", StringComparison.Ordinal)];
        asSuperuser.ShouldNotContain("SCRAM-SHA-256$", Case.Sensitive, "and not even the verifier is in it");
    }

    [Fact]
    public async Task a_change_that_would_lock_the_administrator_out_is_refused_before_anything_is_changed()
    {
        await using var project = await ClusterProject.CreateAsync();
        project.Declare("roles: { postgres: { login: false, superuser: true }, app: }");
        var refused = await project.RunAsync("apply", "--yes");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("LK4005: the declaration changes the role 'postgres' that Lockkeeper signs in as: it may not sign in any more");
        (await project.ScalarAsync("postgres", "SELECT count(*) FROM pg_roles WHERE rolname = 'app'")).ShouldBe("0");
    }

    [Fact]
    public async Task a_protected_cluster_keeps_its_databases_whatever_exact_says()
    {
        await using var project = await ClusterProject.CreateAsync();
        await project.SqlAsync("postgres", "CREATE DATABASE precious");
        project.Declare("exact: [databases]");
        var applied = await project.RunAsync("apply", "--yes");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        applied.Output.ShouldContain("the cluster is protected: a database is dropped only with protect: false");
        (await project.ScalarAsync("postgres", "SELECT count(*) FROM pg_database WHERE datname = 'precious'")).ShouldBe("1");
    }

    [Fact]
    public async Task a_parameter_that_needs_a_restart_is_set_and_said_to_wait_for_it()
    {
        await using var project = await ClusterProject.CreateAsync();
        project.Declare("parameters: { max_connections: 77, shared_preload_libraries: \"pg_stat_statements, auto_explain\" }");
        var plan = await project.RunAsync("plan");
        plan.Output.ShouldContain("parameter max_connections: 300 → 77   [restart]");
        var applied = await project.RunAsync("apply");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        applied.Output.ShouldContain("it is set and waits for a restart of the server");
        (await project.RunAsync("drift")).ExitCode.ShouldBe(1);
        await project.Cluster.RestartAsync(cancel: TestContext.Current.CancellationToken);
        (await project.RunAsync("drift")).ExitCode.ShouldBe(0);
        (await project.ScalarAsync("postgres", "SHOW max_connections")).ShouldBe("77");
    }

    [Fact]
    public async Task a_profile_computes_parameters_from_the_size_and_what_is_declared_wins()
    {
        await using var project = await ClusterProject.CreateAsync(new Dictionary<string, string> { ["max_connections"] = "60" });
        project.Declare("size: { memory: 1GB, cores: 2, disk: 20GB }\nprofile: oltp\nparameters: { max_connections: 70, jit: on }");
        var plan = await project.RunAsync("plan");
        plan.Output.ShouldContain("parameter shared_buffers: 128MB → 256MB   [restart]");
        plan.Output.ShouldContain("parameter max_connections: 60 → 70   [restart]");
        plan.Output.ShouldNotContain("parameter jit");
        (await project.RunAsync("apply")).ExitCode.ShouldBe(0);
        await project.Cluster.RestartAsync(cancel: TestContext.Current.CancellationToken);
        var drift = await project.RunAsync("drift");
        drift.ExitCode.ShouldBe(0, drift.ToString());
    }

    [Fact]
    public async Task the_approval_of_the_environment_is_asked_for_and_is_for_this_plan_only()
    {
        await using var project = await ClusterProject.CreateAsync();
        project.Project.Configure("dev", "approvals: { required: 1 }");
        project.Declare("environment: dev\nroles: { app: }");
        var waits = await project.RunAsync("apply");
        waits.ExitCode.ShouldBe(5, waits.ToString());
        var run = waits.Errors.Split("run ")[1].Split(' ')[0];
        (await project.Project.RunAsAsync("berta", "approve", run)).ExitCode.ShouldBe(0);
        project.Declare("environment: dev\nroles: { app: { superuser: true } }");
        (await project.RunAsync("apply")).ExitCode.ShouldBe(5, "another plan");
        project.Declare("environment: dev\nroles: { app: }");
        (await project.RunAsync("apply")).ExitCode.ShouldBe(0);
        (await project.DifferencesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task two_runners_at_once_make_one_cluster()
    {
        await using var project = await ClusterProject.CreateAsync();
        project.Declare(Large());
        var results = await Task.WhenAll(project.RunAsync("apply", "--yes"), project.RunAsync("apply", "--yes"));
        foreach (var result in results)
            result.ExitCode.ShouldBe(0, result.ToString());
        (await project.DifferencesAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("parameters: { shard_buffers: 1GB }", "LK4003: PostgreSQL 15 has no parameter 'shard_buffers'", "Did you mean 'shared_buffers'?")]
    [InlineData("parameters: { work_mem: 12parsecs }", "LK4003: the value of work_mem is not one that the server takes: 'parsecs' is not a unit of work_mem", "")]
    [InlineData("parameters: { max_connections: 0 }", "is outside of 1 to 262143", "")]
    [InlineData("parameters: { wal_level: extreme }", "'extreme' is not one of minimal, replica, logical", "")]
    [InlineData("parameters: { server_version: 99 }", "server_version cannot be set", "")]
    [InlineData("version: 16", "is PostgreSQL 15", "")]
    [InlineData("roles: { app: { settings: { shared_buffers: 1GB } } }", "LK4003: shared_buffers cannot be set for sessions", "Set it under 'parameters'.")]
    [InlineData("databases: { d: { extensions: { pg_trigram: } } }", "LK4004: the extension 'pg_trigram' is not installed", "Did you mean 'pg_trgm'?")]
    [InlineData("databases: { d: { extensions: { pg_trgm: { version: \"9.9\" } } } }", "is not installed in version 9.9", "There is:")]
    [InlineData("roles: { app: { password: \"${env:NO_SUCH_VARIABLE}\" } }", "LK1201: the environment variable NO_SUCH_VARIABLE is not set", "")]
    [InlineData("roles: { app: { password: \"${env:SHORT}\" } }", "LK4009: the password of the role 'app' has fewer than 8 characters", "")]
    public async Task what_the_server_cannot_give_is_refused_with_its_place_before_anything_is_changed(string yaml, string message, string hint)
    {
        var cluster = await Lockkeeper.Tests.TestKit.PostgreSql.TestCluster.SharedAsync();
        await using var project = await LkProject.CreateAsync("dev");
        project.Variables["ADMIN_URL"] = cluster.Url();
        project.Variables["SHORT"] = "seven77";
        project.File("clusters/main.yaml", "admin: \"${env:ADMIN_URL}\"\n" + yaml);
        var refused = await project.RunAsync("provision", "apply", "--yes");
        refused.ExitCode.ShouldBeInRange(2, 3, refused.ToString());
        refused.Errors.ShouldContain(message);
        refused.Errors.ShouldContain("clusters/main.yaml:");
        refused.Errors.ShouldContain(hint);
        refused.Errors.ShouldNotContain("seven77");
    }

    [Fact]
    public async Task a_server_that_does_not_answer_and_a_project_without_clusters_are_said_in_words()
    {
        await using var project = await LkProject.CreateAsync("dev");
        var none = await project.RunAsync("provision", "plan");
        none.ExitCode.ShouldBe(2, none.ToString());
        none.Errors.ShouldContain("LK4000: no file declares a cluster (clusters/*.yaml)");
        project.File("clusters/main.yaml", "admin: postgres://nobody@127.0.0.1:1/postgres");
        (await project.RunAsync("provision", "plan")).Errors.ShouldContain("LK2001");
        (await project.RunAsync("provision", "plan", "mian")).Errors.ShouldContain("Did you mean 'main'?");
    }

    [Fact]
    public async Task a_policy_that_the_server_does_not_take_is_refused_with_its_place()
    {
        await using var project = await ClusterProject.CreateAsync();
        await project.SqlAsync("postgres", "CREATE DATABASE shop");
        await project.SqlAsync("shop", "CREATE TABLE orders (id int, owner text)");
        project.Declare("databases: { shop: { row_security: { public.orders: { policies: { own: { using: \"ownr = current_user\" } } } } } }");
        var refused = await project.RunAsync("apply");
        refused.ExitCode.ShouldBe(2, refused.ToString());
        refused.Errors.ShouldContain("LK4010: the policy on public.orders is not one that the server takes: column \"ownr\" does not exist");
    }

    /// <summary>50 roles, 20 databases, 60 parameters, 10 extensions, and some 300 privileges.</summary>
    internal static string Large()
    {
        string[] parameters =
        [
            "work_mem: 8MB", "maintenance_work_mem: 128MB", "effective_cache_size: 2GB", "random_page_cost: 1.1", "seq_page_cost: 1", "cpu_tuple_cost: 0.02", "cpu_index_tuple_cost: 0.006", "cpu_operator_cost: 0.003", "effective_io_concurrency: 100",
            "default_statistics_target: 200", "jit: off", "checkpoint_timeout: 15min", "checkpoint_completion_target: 0.9", "max_wal_size: 4GB", "min_wal_size: 512MB", "wal_compression: on", "autovacuum_naptime: 20s", "autovacuum_vacuum_scale_factor: 0.05",
            "autovacuum_analyze_scale_factor: 0.02", "autovacuum_vacuum_cost_limit: 1000", "autovacuum_vacuum_cost_delay: 5ms", "autovacuum_vacuum_threshold: 100", "autovacuum_analyze_threshold: 100", "log_min_duration_statement: 500ms", "log_lock_waits: on",
            "log_temp_files: 1MB", "log_autovacuum_min_duration: 1s", "log_checkpoints: on", "deadlock_timeout: 500ms", "statement_timeout: 1h", "lock_timeout: 1min", "idle_in_transaction_session_timeout: 10min", "tcp_keepalives_idle: 60", "tcp_keepalives_interval: 10",
            "tcp_keepalives_count: 5", "bgwriter_delay: 100ms", "bgwriter_lru_maxpages: 200", "bgwriter_lru_multiplier: 3", "wal_writer_delay: 300ms", "commit_delay: 10", "commit_siblings: 6", "temp_file_limit: 10GB", "max_parallel_workers_per_gather: 1",
            "max_parallel_workers: 4", "max_parallel_maintenance_workers: 1", "parallel_setup_cost: 2000", "parallel_tuple_cost: 0.2", "min_parallel_table_scan_size: 16MB", "min_parallel_index_scan_size: 1MB", "from_collapse_limit: 10", "join_collapse_limit: 10",
            "geqo_threshold: 14", "hash_mem_multiplier: 2", "track_io_timing: on", "track_functions: pl", "track_activity_query_size: 1024", "log_line_prefix: '%m [%p] %q%u@%d '", "max_standby_streaming_delay: 1min", "wal_sender_timeout: 30s",
            "password_encryption: scram-sha-256",
        ];
        var yaml = new StringBuilder("parameters:\n");
        foreach (var parameter in parameters)
            yaml.Append("  ").Append(parameter).Append('\n');
        yaml.Append("roles:\n");
        for (var i = 1; i <= 50; i++)
            yaml.Append(i <= 10 ? $"  r{i:00}: {{ login: true, connection_limit: {i}, member_of: [r{i + 10:00}], settings: {{ work_mem: {i}MB }} }}\n" : $"  r{i:00}:\n");
        yaml.Append("databases:\n");
        string[] extensions = ["pg_trgm", "pgcrypto", "hstore", "citext", "btree_gin", "btree_gist", "ltree", "unaccent", "fuzzystrmatch", "intarray"];
        for (var i = 1; i <= 20; i++)
        {
            yaml.Append($"  d{i:00}:\n    owner: r50\n    schemas: {{ app: {{ owner: r50 }} }}\n    grants:\n      - {{ to: public, kind: database, privileges: [] }}\n");
            for (var role = 11; role < 25; role++)
                yaml.Append($"      - {{ to: r{role}, kind: {(role % 2 == 0 ? "database, privileges: connect" : "schemas, names: app, privileges: usage")} }}\n");
            yaml.Append("    default_privileges: [{ creator: r50, schema: app, kind: tables, to: [r11, r12], privileges: [select, insert] }]\n");
            if (i == 1)
                yaml.Append($"    extensions: {{ {string.Join(", ", extensions.Select(name => name + ":"))} }}\n");
        }

        return yaml.ToString();
    }
}
