using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Tests.Engines.Provision.Rds;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.Rds;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Backup;

/// <summary>The server behind the instances that the service restores. Behind the instance that is drilled is none: who connects to it fails.</summary>
public sealed class CopyFixture : IAsyncLifetime
{
    public ManagedPostgreSql Copy { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Copy = await ManagedPostgreSql.StartAsync();
        await Copy.SqlAsync("GRANT pg_read_all_data TO master");
        await Copy.SqlAsync("CREATE DATABASE shop OWNER master");
        await Copy.SqlAsync("CREATE EXTENSION amcheck; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO master", "postgres");
        await Copy.SqlAsync("CREATE EXTENSION amcheck; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO master", "shop");
        await Copy.SqlAsync("CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders SELECT i, E'of two\nlines' FROM generate_series(1, 1000) i; CREATE MATERIALIZED VIEW few AS SELECT * FROM orders WHERE id < 11", "shop");
    }

    public ValueTask DisposeAsync() => Copy.DisposeAsync();
}

/// <summary>Drills of what a managed service runs: an instance of its own, what is looked at there, and that it is always removed.</summary>
public sealed class ManagedDrillTests(CopyFixture fixture) : IClassFixture<CopyFixture>
{
    private const string Policy = """{ rpo: 1h, rto: 1h, drill: { every: 7d, class: db.t4g.micro }, checks: [{ name: there are orders, database: shop, sql: "SELECT count(*) FROM orders", expect: "1000" }] }""";

    [Fact]
    public async Task a_drill_reads_and_asks_a_copy_of_its_own_and_all_that_looks_at_backups_sees_it()
    {
        using var emulator = Emulator();
        await using var project = await ProjectAsync(emulator, Policy);
        (await project.Project.RunAsync("backup", "alerts", "main")).Output.ShouldContain("backup-drill-never");
        var dry = await project.Project.RunAsync("backup", "drill", "main", "--dry-run");
        dry.ExitCode.ShouldBe(0, dry.ToString());
        dry.Output.ShouldContain("would restore the newest snapshot, main-two into an instance main-drill-");
        dry.Output.ShouldContain("db.t4g.micro, not public");
        emulator.Service.Names.ShouldBe(["main", "other"]);

        var first = await DrillAsync(project);
        (first["passed"]!.GetValue<bool>(), first["set"]!.GetValue<string>()).ShouldBe((true, "main-two"), first.ToString());
        first["phases"]!.AsArray().Select(phase => phase!["name"]!.GetValue<string>()).ShouldBe(["chosen", "available", "connected", "full read", "amcheck", "checked"]);
        Look(first, "full read").ShouldBe("1010 rows of 2 tables in 2 databases were read");
        Look(first, "amcheck").ShouldContain("B-tree indexes and ");
        Look(first, "there are orders").ShouldBe("'1000'");
        first["rto_seconds"]!.GetValue<double>().ShouldBeGreaterThan(0);
        first["rpo_seconds"]!.GetValue<double>().ShouldBeInRange(60, 3600);
        var made = emulator.Service.Forms.Single(form => form["Action"] == "RestoreDBInstanceFromDBSnapshot");
        (made["DBInstanceClass"], made["PubliclyAccessible"], made["DeletionProtection"], made["Tags.Tag.2.Key"], made["Tags.Tag.2.Value"]).ShouldBe(("db.t4g.micro", "false", "false", "lockkeeper:drill", "test/main"));
        var removed = emulator.Service.Forms.Single(form => form["Action"] == "DeleteDBInstance");
        (removed["DBInstanceIdentifier"], removed["SkipFinalSnapshot"]).ShouldBe((made["DBInstanceIdentifier"], "true"));
        emulator.Service.Names.ShouldBe(["main", "other"]);

        // The next one takes a moment, and the map shows both.
        var second = await DrillAsync(project);
        second["random_moment"].ShouldNotBeNull(second.ToString());
        second["forecast_seconds"].ShouldNotBeNull();
        var list = await JsonAsync(project, "backup", "list", "main");
        list["repositories"]![0]!["sets"]!.AsArray().Where(set => set!["proven"]!.GetValue<bool>()).Select(set => set!["label"]!.GetValue<string>()).ShouldBe(["main-two"]);
        list["repositories"]![0]!["map"]!.AsArray().Select(span => span!["state"]!.GetValue<string>()).ShouldContain("proven");
        list["alerts"]!.AsArray().ShouldBeEmpty(list.ToString());
        (await JsonAsync(project, "backup", "estimate", "main"))["drills"]!.GetValue<int>().ShouldBe(2);
        var page = (await JsonAsync(project, "backup", "document", "main"))["markdown"]!.GetValue<string>();
        page.ShouldContain("| main-two | ");
        page.ShouldContain("proven by a drill");
        page.ShouldNotContain("of-the-master");
        (await project.Project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task what_is_wrong_with_the_copy_fails_the_drill_and_it_is_removed_all_the_same()
    {
        using var emulator = Emulator();
        await using var project = await ProjectAsync(emulator, """{ checks: [{ name: many, database: shop, sql: "SELECT count(*) FROM orders", expect: "5" }, { name: gone, database: shop, sql: "SELECT 1 FROM no_such_table" }] }""");
        await fixture.Copy.SqlAsync("CREATE DATABASE hurt OWNER master");
        try
        {
            await fixture.Copy.SqlAsync("CREATE TYPE mood AS ENUM ('good'); CREATE TABLE days (mood mood); INSERT INTO days VALUES ('good'); SET allow_system_table_mods = on; DELETE FROM pg_enum", "hurt");
            var drill = await DrillAsync(project, "--target", "snapshot");
            drill["passed"]!.GetValue<bool>().ShouldBeFalse();
            Look(drill, "full read").ShouldContain("hurt: public.days: invalid internal value for enum");
            Look(drill, "amcheck").ShouldContain("could not be run: hurt: permission denied");
            Look(drill, "many").ShouldBe("'1000' instead of '5'");
            Look(drill, "gone").ShouldStartWith("LK5016: cannot be asked: relation");
            emulator.Service.Names.ShouldBe(["main", "other"]);
            (await project.Project.RunAsync("backup", "alerts", "main")).Output.ShouldContain("backup-drill-failed");
            var list = await project.Project.RunAsync("backup", "list", "main");
            list.Output.ShouldContain("its drill failed");
        }
        finally
        {
            await fixture.Copy.SqlAsync("DROP DATABASE hurt");
        }
    }

    [Fact]
    public async Task a_service_that_refuses_or_makes_nothing_usable_is_told_by_number_and_nothing_stays()
    {
        using var emulator = Emulator();
        await using var project = await ProjectAsync(emulator, Policy);
        emulator.Service.Fail(new EmulatorFault("RestoreDBInstanceFromDBSnapshot", 400, "InsufficientDBInstanceCapacity"));
        (await DrillAsync(project))["failure"]!.GetValue<string>().ShouldStartWith("LK4104: RestoreDBInstanceFromDBSnapshot was refused");

        emulator.Service.Before = action =>
        {
            foreach (var name in emulator.Service.Names.Where(name => action == "DescribeDBInstances" && name.StartsWith("main-drill-", StringComparison.Ordinal)))
                emulator.Service.Break(name);
        };
        (await DrillAsync(project, "--target", "snapshot"))["failure"]!.GetValue<string>().ShouldContain("LK5015: main-drill-");
        emulator.Service.Before = null;
        emulator.Service.Names.ShouldBe(["main", "other"]);

        // An answer that is lost after the service has begun is not a second instance.
        emulator.Service.Fail(new EmulatorFault("RestoreDBInstanceFromDBSnapshot", 0, "", AfterEffect: true));
        (await DrillAsync(project, "--target", "snapshot"))["passed"]!.GetValue<bool>().ShouldBeTrue();
        emulator.Service.Names.ShouldBe(["main", "other"]);
    }

    [Fact]
    public async Task one_that_stays_in_the_making_is_given_up_and_one_that_cannot_be_removed_is_named_until_the_next_removes_it()
    {
        using var emulator = Emulator();
        await using var project = await ProjectAsync(emulator, Policy);
        emulator.Service.Before = action =>
        {
            // An instance in the making cannot be deleted: it is let go on when that is asked for.
            foreach (var name in emulator.Service.Names.Where(name => name.StartsWith("main-drill-", StringComparison.Ordinal)))
            {
                if (action == "DeleteDBInstance")
                    emulator.Service.SetStatus(name, "available");
                else if (action == "DescribeDBInstances")
                    emulator.Service.Break(name, "creating");
            }
        };
        var patient = await DrillAsync(project, "--target", "snapshot", "--replay-limit", "1s");
        patient["failure"]!.GetValue<string>().ShouldMatch("^LK5024: main-drill-[0-9a-f]+ is still creating after 1 s");
        emulator.Service.Before = null;
        emulator.Service.Names.ShouldBe(["main", "other"]);

        emulator.Service.Before = action =>
        {
            if (action == "RestoreDBInstanceFromDBSnapshot")
                emulator.Service.Fail(new EmulatorFault("DeleteDBInstance", 403, "AccessDenied"));
        };
        var left = await DrillAsync(project, "--target", "snapshot");
        emulator.Service.Before = null;
        left["passed"]!.GetValue<bool>().ShouldBeFalse();
        var there = emulator.Service.Names.Single(name => name.StartsWith("main-drill-", StringComparison.Ordinal));
        left["failure"]!.GetValue<string>().ShouldStartWith($"LK5025: the drill's instance {there} could not be removed, and costs money until it is gone");
        Look(await DrillAsync(project, "--target", "snapshot"), "left by earlier drills").ShouldBe($"{there} removed");
        emulator.Service.Names.ShouldBe(["main", "other"]);
    }

    [Fact]
    public async Task what_cannot_be_drilled_is_refused_before_anything_is_made()
    {
        using var emulator = Emulator();
        await using var project = await ProjectAsync(emulator, """{ checks: [{ name: no, database: shop, sql: "VACUUM orders" }] }""");
        (await project.Project.RunAsync("backup", "drill", "main")).Errors.ShouldContain("LK5016: the check 'no' cannot be asked: it is not one query");
        project.Declare("main", emulator.Yaml("{ rpo: 1h }", admin: false).Replace("user: master, password: \"${env:MASTER_PASSWORD}\"", "adopted: true", StringComparison.Ordinal));
        (await project.Project.RunAsync("backup", "drill", "main")).Errors.ShouldContain("LK5023: nobody is declared to sign in to a copy of main as");
        project.Declare("main", emulator.Yaml("{ rpo: 1h }") + "\n");
        (await project.Project.RunAsync("backup", "drill", "main", "--set", "no-such")).Errors.ShouldContain("LK5009: there is no snapshot no-such");
        (await project.Project.RunAsync("backup", "drill", "main", "--target", "2001-01-01T00:00:00Z")).Errors.ShouldContain("LK5010");
        emulator.Service.Calls.ShouldNotContain("RestoreDBInstanceFromDBSnapshot");
    }

    [Fact]
    public async Task what_a_killed_drill_has_left_is_removed_by_the_next_and_that_of_others_is_left_alone()
    {
        using var emulator = Emulator();
        await using var project = await ProjectAsync(emulator, Policy);
        emulator.Service.Fail(new EmulatorFault("RestoreDBInstanceFromDBSnapshot", -1, "", AfterEffect: true));
        await using (var drill = await project.Project.StartAsync("backup", "drill", "main"))
        {
            await emulator.Service.HeldAsync();
            (await project.Project.RunAsync("backup", "drill", "main")).Errors.ShouldContain("LK5005: another drill of main is at work");
            drill.Kill();
            await drill.WaitAsync();
            emulator.Service.Release();
        }

        var left = emulator.Service.Names.Single(name => name.StartsWith("main-drill-", StringComparison.Ordinal));
        emulator.Service.Make("main-drill-ofothers", tags: new Dictionary<string, string> { ["lockkeeper:drill"] = "other/main", ["lockkeeper:drill-holder"] = "elsewhere", ["lockkeeper:drill-until"] = "2001-01-01T00:00:00Z" });
        var next = await DrillAsync(project);
        next["passed"]!.GetValue<bool>().ShouldBeTrue(next.ToString());
        Look(next, "left by earlier drills").ShouldBe($"{left} removed");

        emulator.Service.Make("main-drill-atwork", tags: Marked(DateTimeOffset.UtcNow.AddHours(1)));
        (await project.Project.RunAsync("backup", "drill", "main")).Errors.ShouldContain("LK5005: another drill of main is at work on main-drill-atwork, by elsewhere");
        emulator.Service.Make("main-drill-atwork", tags: Marked(DateTimeOffset.UtcNow.AddHours(-1)));
        Look(await DrillAsync(project), "left by earlier drills").ShouldBe("main-drill-atwork removed");
        emulator.Service.Names.Except([left, "main-drill-atwork"]).ShouldBe(["main", "main-drill-ofothers", "other"]);
    }

    private static Dictionary<string, string> Marked(DateTimeOffset until) => new() { ["lockkeeper:drill"] = "test/main", ["lockkeeper:drill-holder"] = "elsewhere", ["lockkeeper:drill-until"] = until.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) };

    private DrillEmulator Emulator() => new(fixture.Copy);

    private static async Task<RdsProject> ProjectAsync(DrillEmulator emulator, string policy)
    {
        var project = await RdsProject.CreateAsync();
        return project.Declare("main", emulator.Yaml(policy));
    }

    private static Task<JsonNode> DrillAsync(RdsProject project, params string[] more) => JsonAsync(project, ["backup", "drill", "main", .. more]);

    private static string Look(JsonNode drill, string name) => drill["checks"]!.AsArray().Single(check => check!["name"]!.GetValue<string>() == name)!["words"]!.GetValue<string>();

    private static async Task<JsonNode> JsonAsync(RdsProject project, params string[] arguments)
    {
        var result = await project.Project.RunAsync([.. arguments, "--json"]);
        return JsonNode.Parse(result.Output)?["data"] ?? throw new InvalidOperationException(result.ToString());
    }

    /// <summary>The service with an instance that has snapshots and a log, and one of somebody else.</summary>
    private sealed class DrillEmulator : IDisposable
    {
        public DrillEmulator(ManagedPostgreSql copy)
        {
            var now = DateTime.UtcNow;
            Service.CopiesAnswerAt("127.0.0.1", copy.Cluster.Port);
            Service.Make("other");
            Service.Make("main", new Dictionary<string, string> { ["DeletionProtection"] = "true", ["EarliestRestorableTime"] = now.AddDays(-2).ToString("O", CultureInfo.InvariantCulture), ["LatestRestorableTime"] = now.AddMinutes(-5).ToString("O", CultureInfo.InvariantCulture) });
            Service.MakeSnapshot("main-one", "main", now.AddDays(-2));
            Service.MakeSnapshot("main-two", "main", now.AddHours(-3));
        }

        public RdsEmulator Service { get; } = RdsEmulator.Start();

        public string Yaml(string policy, bool admin = true) =>
            $$"""
            engine: rds-postgres
            {{(admin ? "admin: \"postgres://master:${env:MASTER_PASSWORD}@main.example.com:5432/postgres?sslmode=disable\"" : "")}}
            managed: { region: eu-west-1, endpoint: "{{Service.Url}}", class: db.r6g.large, version: "16", storage: 20GB, user: master, password: "${env:MASTER_PASSWORD}" }
            backup: {{policy}}
            """;

        public void Dispose() => Service.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
