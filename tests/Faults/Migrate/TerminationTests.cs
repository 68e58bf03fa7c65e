using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>Sessions in the way that a policy allows to end: only those, and each by name.</summary>
public sealed class TerminationTests
{
    private static async Task<(LkProject Project, NpgsqlConnection Reader)> HeldAsync(string policy, string application = "nightly report")
    {
        var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int)");
        project.DatabaseSettings = $"lock_timeout: 300ms\nlock_retries: 4\nlocks: {{ terminate_blockers: {policy} }}";
        project.Migration("0001_column", "ALTER TABLE orders ADD COLUMN a int;");
        return (project, await ReaderAsync(project["dev"].ConnectionString, application));
    }

    private static async Task<NpgsqlConnection> ReaderAsync(string connectionString, string application)
    {
        var reader = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = application }.ConnectionString);
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var sql in new[] { "BEGIN", "SELECT FROM orders" })
        {
            await using var command = new NpgsqlCommand(sql, reader);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        return reader;
    }

    private static Task<string?> IsThereAsync(LkProject project, NpgsqlConnection reader) => project["dev"].ScalarAsync($"SELECT count(*)::text FROM pg_stat_activity WHERE pid = {reader.ProcessID}");

    [Fact]
    public async Task a_session_that_the_policy_names_is_ended_logged_and_recorded()
    {
        var (project, reader) = await HeldAsync("{ after: 100ms, applications: [nightly report] }");
        await using var ends = project;
        await using var closes = reader;
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Errors.ShouldContain($"0001: ended, after 100 ms in the way: pid {reader.ProcessID}, postgres (nightly report), idle in transaction, has ACCESS SHARE on orders");
        result.Output.ShouldContain("1 session ended");
        (await IsThereAsync(project, reader)).ShouldBe("0");
        var shown = await project.RunAsync("ledger", "show", "--json");
        shown.Output.ShouldContain("\"terminated\"");
        shown.Output.ShouldContain($"pid {reader.ProcessID}, postgres (nightly report)");
    }

    [Theory]
    [InlineData("{ after: 1ms, roles: [somebody else] }", "nightly report", null)]
    [InlineData("{ after: 1ms, roles: [postgres], applications: [metabase] }", "nightly report", null)]
    [InlineData("{ after: 1ms, roles: [postgres], never: [nightly report] }", "nightly report", null)]
    [InlineData("{ after: 1ms, roles: [postgres] }", "pg_dump", "because it is a backup")]
    [InlineData("{ after: 1ms, roles: [postgres] }", "lockkeeper", "because it is one of Lockkeeper's own")]
    public async Task nobody_else_is_ended(string policy, string application, string? why)
    {
        var (project, reader) = await HeldAsync(policy, application);
        await using var ends = project;
        await using var closes = reader;
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK3061: ");
        result.Errors.ShouldNotContain("0001: ended");
        if (why is not null)
            result.Errors.ShouldContain(why);
        (await IsThereAsync(project, reader)).ShouldBe("1");
    }

    [Fact]
    public async Task a_missing_privilege_is_said()
    {
        var (project, reader) = await HeldAsync("{ after: 1ms, roles: [NAME] }");
        await using var ends = project;
        await reader.DisposeAsync();
        var database = project["dev"];
        var (mine, theirs) = ($"migrator_{database.Name}", $"reporting_{database.Name}");
        project.DatabaseSettings = project.DatabaseSettings.Replace("NAME", theirs);
        foreach (var role in new[] { mine, theirs })
            await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'pw'");
        try
        {
            await database.ExecuteAsync($"GRANT pg_read_all_stats TO {mine}; GRANT CREATE ON DATABASE \"{database.Name}\" TO {mine}; ALTER TABLE orders OWNER TO {mine}; GRANT SELECT ON orders TO {theirs}");
            project.PointTo("dev", database.UrlAs(mine, "pw"));
            await using var blocker = await ReaderAsync(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = theirs, Password = "pw" }.ConnectionString, "report");
            var result = await project.RunAsync("migrate", "apply", "--env", "dev");
            result.ExitCode.ShouldBe(3, result.ToString());
            result.Errors.ShouldContain("0001: not ended, because the role may not");
            result.Errors.ShouldContain("pg_signal_backend");
            (await IsThereAsync(project, blocker)).ShouldBe("1");
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {mine} CASCADE; DROP OWNED BY {theirs} CASCADE; DROP ROLE {mine}; DROP ROLE {theirs}");
        }
    }
}
