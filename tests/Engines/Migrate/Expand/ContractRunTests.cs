using Lockkeeper.Tests.TestKit;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate.Expand;

/// <summary>A contract that runs while others work, and one that waits on its way through environments and tenants.</summary>
public sealed class ContractRunTests
{
    private const string Schema = "CREATE TABLE orders (id bigint PRIMARY KEY, note text); CREATE INDEX orders_note_idx ON orders (note); INSERT INTO orders SELECT n, 'n' || n FROM generate_series(1, 500) n;";

    [Fact]
    public async Task a_stuck_session_of_the_old_application_keeps_the_contract_out_and_nobody_else()
    {
        await using var change = await ExpandProject.CreateAsync(Schema, "rename-column", "orders.note", "--to", "remark");
        var (project, dev) = (change.Project, change.Project["dev"]);
        await change.ApplyAsync(change.Phases[0]);
        await change.ApplyAsync(change.Phases[1]);
        change.Show(change.Phases[2]);
        await using var application = new Application(
            dev, new("INSERT INTO orders (id, remark) VALUES ($1, $2)", "UPDATE orders SET remark = $2 WHERE id = $1", "SELECT remark FROM orders WHERE id = $1", "DELETE FROM orders WHERE id = $1"), 1000, n => $"words {n}", sharedRows: 20);
        await using (var stuck = await dev.OpenAsync())
        {
            await using var transaction = await stuck.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var read = new NpgsqlCommand("SELECT count(note) FROM orders", stuck, transaction);
            await read.ExecuteScalarAsync(TestContext.Current.CancellationToken);
            var before = application.Rounds;
            project.DatabaseSettings = "lock_timeout: 50ms\nlock_retries: 3";
            var refused = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
            refused.ExitCode.ShouldBe(3, refused.ToString());
            refused.Errors.ShouldContain("LK3061", customMessage: refused.ToString());
            // Those behind the contract got their turn in between, and both forms are as they were.
            application.Rounds.ShouldBeGreaterThan(before);
            application.HasEnded.ShouldBeFalse();
            await using var write = new NpgsqlCommand("UPDATE orders SET note = 'still here' WHERE id = 400 RETURNING remark", stuck, transaction);
            (await write.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("still here");
            (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied, 0003 applied");
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }

        project.DatabaseSettings = "";
        await change.AgainAsync();
        await application.StopAsync();
        (await dev.ScalarAsync("SELECT remark FROM orders WHERE id = 400")).ShouldBe("still here");
        foreach (var (row, written) in application.Written)
            (await dev.ScalarAsync($"SELECT remark FROM orders WHERE id = {row}")).ShouldBe(written);
        (await dev.ScalarAsync("SELECT count(*)::text FROM orders WHERE id BETWEEN 21 AND 500")).ShouldBe("480");
    }

    [Fact]
    public async Task a_held_contract_is_promoted_with_its_release_and_runs_in_each_environment_when_its_time_is_there()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging");
        project.Configure("dev", "contract: { file: \"gone/dev\" }").Configure("staging", "contract: { file: \"gone/staging\" }").Migration("0001_base", Schema);
        (await project.RunAsync("migrate", "expand", "rename-column", "orders.note", "--to", "remark")).ExitCode.ShouldBe(0);
        project.Migration("0005_later", "CREATE TABLE later (id int);", "DROP TABLE later;");

        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        var promote = await project.RunAsync("migrate", "promote", "--to", "staging", "--yes");
        promote.ExitCode.ShouldBe(0, promote.ToString());
        promote.Output.ShouldContain("0004 contract orders note to remark is held");
        foreach (var environment in new[] { "dev", "staging" })
            (await project.HistoryAsync(environment)).ShouldBe("0001 applied, 0002 applied, 0003 applied, 0005 applied");

        // The later environment is ready first: nothing of dev has to change for it.
        project.File("gone/staging", "yes");
        var contract = await project.RunAsync("migrate", "promote", "--to", "staging", "--yes");
        contract.ExitCode.ShouldBe(0, contract.ToString());
        (await project.HistoryAsync("staging")).ShouldBe("0001 applied, 0002 applied, 0003 applied, 0005 applied, 0004 applied");
        (await project.HistoryAsync("dev")).ShouldNotContain("0004");
        project.File("gone/dev", "yes");
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        var fingerprints = await Task.WhenAll(new[] { "dev", "staging" }.Select(name => project[name].ScalarAsync("SELECT fingerprint FROM lockkeeper.snapshot")));
        fingerprints[0].ShouldBe(fingerprints[1]);
        foreach (var environment in new[] { "dev", "staging" })
            (await project.RunAsync("migrate", "verify", "--env", environment)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_contract_waits_in_the_tenant_that_still_needs_the_old_form_and_runs_in_the_other()
    {
        await using var project = await TenantProject.OfSchemasAsync(2);
        var dev = project["dev"];
        await dev.ExecuteAsync("CREATE TABLE t0001.old_versions (n int); CREATE TABLE t0002.old_versions (n int); INSERT INTO t0002.old_versions VALUES (1)");
        project.Configure("dev", "contract: { run: 'test \"$(psql -XAtqc \"SELECT count(*) FROM old_versions\")\" = 0' }").Migration("0001_base", Schema);
        (await project.RunAsync("migrate", "expand", "rename-column", "orders.note", "--to", "remark")).ExitCode.ShouldBe(0);
        var views = await project.RunAsync("migrate", "expand", "rename-column", "orders.remark", "--to", "text", "--views", "v2");
        views.ExitCode.ShouldBe(5, views.ToString());
        views.Errors.ShouldContain("are schemas of one database");

        var apply = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        apply.ExitCode.ShouldBe(0, apply.ToString());
        (await dev.AppliedAsync("0003")).ShouldBe("2");
        (await dev.ScalarAsync("SELECT string_agg(series, ' ') FROM lockkeeper.migrations WHERE id = '0004'")).ShouldBe("shop@t0001");
        // The new index is in each tenant's own schema, and the one that waits has both forms.
        (await dev.ScalarAsync("SELECT string_agg(schemaname || '.' || indexname, ' ' ORDER BY 1) FROM (SELECT * FROM pg_indexes WHERE indexname IN ('orders_note_idx', 'orders_remark_idx') ORDER BY 1, 3) i"))
            .ShouldBe("t0001.orders_remark_idx t0002.orders_note_idx t0002.orders_remark_idx");
        await dev.ExecuteAsync("UPDATE t0002.orders SET note = 'old' WHERE id = 1; DELETE FROM t0002.old_versions");
        var last = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        last.ExitCode.ShouldBe(0, last.ToString());
        (await dev.AppliedAsync("0004")).ShouldBe("2");
        (await dev.ScalarAsync("SELECT remark FROM t0002.orders WHERE id = 1")).ShouldBe("old");
    }
}
