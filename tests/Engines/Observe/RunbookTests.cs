using System.Text.RegularExpressions;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.PostgreSql;
using Lockkeeper.Observe.PostgreSql.Alerts;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>What a runbook tells somebody to run at night can be run.</summary>
public sealed partial class RunbookTests
{
    [Theory, MemberData(nameof(CollectorTests.Versions), MemberType = typeof(CollectorTests))]
    public async Task every_statement_of_every_runbook_runs_with_the_rights_of_pg_monitor(int version)
    {
        var server = version == 15 ? await TestCluster.SharedAsync() : await LabCluster.SharedAsync();
        await using var database = await TestDatabase.CreateAsync(cluster: server);
        var role = "runbook_" + database.Name;
        await database.ExecuteAsync($"CREATE EXTENSION IF NOT EXISTS pg_stat_statements; CREATE TABLE t (id serial); CREATE ROLE {role} LOGIN PASSWORD 'x'; GRANT pg_monitor TO {role}");
        try
        {
            var steps = AllAlerts.Rules.SelectMany(rule => rule.Runbook.Diagnosis).Where(step => step.Place == DiagnosisPlace.Database).Distinct().ToList();
            var target = new MonitoredTarget(_ => Task.FromResult(database.UrlAs(role, "x"))) { Name = "t", Engine = "postgres", Labels = [] };
            var answers = await RunbookDiagnosis.RunAsync(target, null, steps, new Redactor(), CancellationToken.None);
            answers.Where(answer => answer.Error is not null).Select(answer => $"{answer.Step.Question} {answer.Error}\n{answer.Step.Sql}").ShouldBeEmpty();
            answers.Count.ShouldBeGreaterThan(30);
        }
        finally
        {
            await database.ExecuteAsync($"DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task a_statement_that_would_write_is_refused_by_the_server()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE t (id int)");
        var target = new MonitoredTarget(_ => Task.FromResult(database.Url)) { Name = "t", Engine = "postgres", Labels = [] };
        var answers = await RunbookDiagnosis.RunAsync(target, null, [new("?", "WITH w AS (INSERT INTO t VALUES (1) RETURNING id) SELECT * FROM w"), new("!", "SELECT count(*) FROM t")], new Redactor(), CancellationToken.None);
        answers[0].Error.ShouldNotBeNull().ShouldEndWith("in a read-only transaction");
        answers[1].Rows.ShouldHaveSingleItem().ShouldBe(["0"]);
    }

    [Fact]
    public void no_statement_calls_what_changes_a_server_within_a_transaction_that_only_reads()
    {
        foreach (var step in AllAlerts.Rules.SelectMany(rule => rule.Runbook.Diagnosis))
        {
            step.Sql.TrimStart().ShouldMatch(step.Place == DiagnosisPlace.Pooler ? "^SHOW [A-Z]+$" : "^(SELECT|WITH)\\b", step.Question);
            Changing().IsMatch(step.Sql).ShouldBeFalse(step.Sql);
        }
    }

    [Fact]
    public async Task the_blocking_tree_is_shown_in_its_place()
    {
        await using var server = await TestCluster.StartAsync();
        await using var project = await LkProject.CreateOnAsync(server, "prod");
        await project["prod"].ExecuteAsync("CREATE TABLE orders (id int PRIMARY KEY)");
        await using var root = await SessionAsync(project["prod"], "report");
        await RunAsync(root, "BEGIN");
        await RunAsync(root, "SELECT * FROM orders");
        await using var ddl = await SessionAsync(project["prod"], "release");
        await using var reader = await SessionAsync(project["prod"], "shop");
        var altering = RunAsync(ddl, "ALTER TABLE orders ADD COLUMN note text");
        await WaitingAsync(project["prod"], 1);
        var reading = RunAsync(reader, "SELECT count(*) FROM orders");
        await WaitingAsync(project["prod"], 2);

        var result = await project.RunAsync("observe", "runbook", "PostgresLockQueue", "--target", "prod/shop");
        await RunAsync(root, "COMMIT");
        await Task.WhenAll(altering, reading);

        result.ExitCode.ShouldBe(0, result.ToString());
        var text = result.Output;
        foreach (var (connection, name) in new[] { (root, "<report>"), (ddl, "<release>"), (reader, "<shop>") })
            text = Regex.Replace(text, $@"\b{connection.ProcessID}\b", name);
        text = Spaces().Replace(Time().Replace(text.Replace(project["prod"].Name, "<database>", StringComparison.Ordinal), "<time>"), "  ");
        Golden.Check("tests/Engines/Observe/Runbooks/blocking-tree.txt", Line().Replace(text, "──"));
    }

    private static async Task WaitingAsync(TestDatabase database, int sessions) => await Eventually.TrueAsync(
        async () => await database.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()") == $"{sessions}", "sessions that wait");

    private static async Task<NpgsqlConnection> SessionAsync(TestDatabase database, string name)
    {
        var connection = new NpgsqlConnection(database.ConnectionString + $";Application Name={name}");
        await connection.OpenAsync();
        return connection;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex(@"\b(pg_(cancel|terminate)_backend|pg_reload_conf|pg_switch_wal|pg_promote|pg_wal_replay_(pause|resume)|pg_drop_\w+|pg_create_\w+|pg_advisory\w+|set_config|setval|nextval|\w+_reset\w*|lo_\w+|dblink\w*)\s*\(")]
    private static partial Regex Changing();

    [GeneratedRegex(@"-?\d\d:\d\d:\d\d(\.\d+)?")]
    private static partial Regex Time();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Spaces();

    [GeneratedRegex("─{2,}")]
    private static partial Regex Line();
}
