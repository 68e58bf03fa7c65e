using System.Text;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Provision;

/// <summary>An apply that is killed, again and again, on its way to the declared cluster.</summary>
public sealed class KillTests
{
    private const int Roles = 30;
    private const int Databases = 8;

    [Fact]
    public async Task an_apply_that_is_killed_again_and_again_is_gone_on_with_and_ends_as_declared()
    {
        await using var project = await ClusterProject.CreateAsync();
        project.Declare(Declaration());
        var kills = 0;
        // Each kill comes when a bit more is there than at the one before, so that every kind of step is met.
        for (var goal = 1L; kills < 40; goal = await ThereAsync(project) + 6)
        {
            await using var run = await project.Project.StartAsync("provision", "apply", "--yes");
            while (!run.HasExited && await ThereAsync(project) < goal)
                await Task.Delay(2, TestContext.Current.CancellationToken);
            if (run.HasExited)
            {
                (await run.WaitAsync()).ExitCode.ShouldBe(0);
                break;
            }

            run.Kill();
            await run.WaitAsync();
            kills++;
        }

        kills.ShouldBeGreaterThan(5, "it was killed on the way");
        var last = await project.RunAsync("apply", "--yes");
        last.ExitCode.ShouldBe(0, last.ToString());
        (await project.DifferencesAsync()).ShouldBeEmpty();
        (await project.Project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_server_that_is_gone_in_the_middle_is_said_and_the_next_run_goes_on()
    {
        await using var project = await ClusterProject.CreateAsync();
        project.Declare(Declaration());
        await using (var run = await project.Project.StartAsync("provision", "apply", "--yes"))
        {
            while (!run.HasExited && await ThereAsync(project) < 10)
                await Task.Delay(2, TestContext.Current.CancellationToken);
            await project.Cluster.StopAsync(Lockkeeper.Engines.PostgreSql.Sandbox.StopMode.Immediate, TestContext.Current.CancellationToken);
            var result = await run.WaitAsync();
            result.ExitCode.ShouldBeInRange(3, 4, result.ToString());
            result.Errors.ShouldContain("HINT:");
            result.Errors.ShouldNotContain("   at ");
        }

        await project.Cluster.StartAgainAsync(TestContext.Current.CancellationToken);
        var again = await project.RunAsync("apply", "--yes");
        again.ExitCode.ShouldBe(0, again.ToString());
        (await project.DifferencesAsync()).ShouldBeEmpty();
    }

    /// <summary>How much of the declaration is there.</summary>
    private static async Task<long> ThereAsync(ClusterProject project) => long.Parse(
        (await project.ScalarAsync("postgres", "SELECT (SELECT count(*) FROM pg_roles WHERE rolname ~ '^r[0-9]') + (SELECT count(*) FROM pg_auth_members) + (SELECT count(*) FROM pg_db_role_setting) + (SELECT count(*) FROM pg_database) + (SELECT count(*) FROM pg_shdepend WHERE deptype = 'a')"))!,
        System.Globalization.CultureInfo.InvariantCulture);

    private static string Declaration()
    {
        var yaml = new StringBuilder("parameters: { work_mem: 8MB }\nroles:\n");
        for (var i = 1; i <= Roles; i++)
            yaml.Append($"  r{i:00}: {{ settings: {{ work_mem: {i}MB }}{(i < Roles ? $", member_of: r{Roles}" : "")} }}\n");
        yaml.Append("databases:\n");
        for (var i = 1; i <= Databases; i++)
            yaml.Append($"  d{i}: {{ owner: r01, schemas: {{ app: {{ owner: r01 }} }}, extensions: {{ hstore: }}, grants: [{{ to: public, kind: database, privileges: [] }}, {{ to: [r02, r03], kind: database, privileges: connect }}, {{ to: [r02, r03], kind: schemas, names: app, privileges: usage }}] }}\n");
        return yaml.ToString();
    }
}
