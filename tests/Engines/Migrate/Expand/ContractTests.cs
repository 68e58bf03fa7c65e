using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate.Expand;

/// <summary>Contracts wait until everybody agrees; what needs them waits too, and everything else goes past.</summary>
public sealed class ContractTests
{
    private const string Contract = "-- lk: contract of public.orders.note\nALTER TABLE orders DROP COLUMN note;";

    [Fact]
    public async Task a_contract_waits_for_its_flag_and_later_migrations_go_past_it_unless_they_need_it()
    {
        await using var flags = new FlagService();
        await using var project = await ProjectAsync($"contract: {{ flag: {{ url: \"{flags.Url}\", key: \"gone-{{column}}\", token: \"${{env:FLAG_TOKEN}}\", timeout: 20s }} }}");
        project.Variables["FLAG_TOKEN"] = "very-secret-token";
        project.Migration("0003_needs_it", "ALTER TABLE orders ADD COLUMN later int;", "ALTER TABLE orders DROP COLUMN later;").Migration("0004_other", "CREATE TABLE other (id int);", "DROP TABLE other;");

        var plan = await project.JsonAsync("migrate", "plan", "--env", "dev");
        plan["data"]!["databases"]![0]!["held"]!.AsArray().Select(held => (string)held!["id"]!).ShouldBe(["0002", "0003"]);
        var apply = await project.RunAsync("migrate", "apply", "--env", "dev");
        apply.ExitCode.ShouldBe(0, apply.ToString());
        apply.Output.ShouldContain("0002 contract is held: flag gone-public.orders.note is false");
        apply.Output.ShouldContain("0003 needs it is held: it touches what 0002 changes");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0004 applied");
        flags.LastRequest.ShouldStartWith("POST /ofrep/v1/evaluate/flags/gone-public.orders.note Bearer very-secret-token {\"context\":");
        var status = await project.RunAsync("migrate", "status");
        status.ExitCode.ShouldBe(0, status.ToString());
        status.Output.ShouldContain("dev: 0002 is held: flag gone-public.orders.note is false");
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Output.ShouldContain("nothing to do: 2 migrations held");

        flags.Answer = (200, """{"key":"k","value":true}""");
        var at = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        at.ExitCode.ShouldBe(0, at.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0004 applied, 0002 applied, 0003 applied");
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);
        at.ToString().ShouldNotContain("very-secret-token");
    }

    [Fact]
    public async Task a_flag_service_that_does_not_answer_holds_the_contract_and_nothing_else()
    {
        await using var flags = new FlagService();
        await using var project = await ProjectAsync($"contract: {{ flag: {{ url: \"{flags.Url}\", key: gone, timeout: 500ms }} }}");
        (int, string, string)[] answers = [(500, "oops", "HTTP 500"), (404, "{}", "not known to the service"), (401, "", "may not be read"), (200, "<html>", "has no value"), (200, """{"value":"true"}""", "is \"true\"")];
        foreach (var (code, body, words) in answers)
        {
            flags.Answer = (code, body);
            var held = await project.RunAsync("migrate", "apply", "--env", "dev");
            held.ExitCode.ShouldBe(0, held.ToString());
            held.Output.ShouldContain(words);
        }

        flags.IsSilent = true;
        (await project.RunAsync("migrate", "apply", "--env", "dev")).Output.ShouldContain("does not answer within 500 ms");
        await flags.DisposeAsync();
        (await project.RunAsync("migrate", "apply", "--env", "dev")).Output.ShouldContain("flag gone is not known");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
    }

    [Fact]
    public async Task a_file_and_a_command_have_to_agree_both()
    {
        await using var project = await ProjectAsync("contract: { file: \"flags/{column}\", run: 'test -e agreed && test \"$LK_CONTRACT\" = public.orders.note' }");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).Output.ShouldContain("file flags/public.orders.note cannot be read");
        project.File("agreed", "");
        project.File("flags/public.orders.note", "no\n");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).Output.ShouldContain("does not say true");
        project.File("flags/public.orders.note", "yes\n");
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
    }

    [Fact]
    public async Task without_a_gate_a_contract_waits_for_somebody_who_says_why_it_may_run()
    {
        await using var project = await ProjectAsync("");
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).Output.ShouldContain("nothing says for dev when public.orders.note may go");
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes", "--contract-anyway", " ")).ExitCode.ShouldBe(2);
        var apply = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes", "--contract-anyway", "4.1 is gone since May");
        apply.ExitCode.ShouldBe(0, apply.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
        (await project.RunAsync("ledger", "show", "--json")).Output.ShouldContain("4.1 is gone since May");
    }

    [Fact]
    public async Task a_contract_waits_while_the_old_version_is_connected_or_its_statements_are_called()
    {
        await using var project = await ProjectAsync("contract: { unused_for: 1ms, no_application: \"shop-1.*\" }");
        var dev = project["dev"];
        await dev.ExecuteAsync("CREATE EXTENSION pg_stat_statements; CREATE TABLE orders (id int PRIMARY KEY, note text); SELECT note FROM orders;");
        project.Remove("migrations/0001_base.up.sql");
        project.Migration("0001_base", "CREATE TABLE more (id int);");
        await using (var old = await dev.OpenAsync())
        {
            await using var name = new Npgsql.NpgsqlCommand("SET application_name = 'shop-1.7'", old);
            await name.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            var held = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
            held.ExitCode.ShouldBe(0, held.ToString());
            held.Output.ShouldContain("still connected: shop-1.7 (1)");
            held.Output.ShouldContain("statements that name public.orders.note must be unused for 1 ms");
        }

        await dev.ExecuteAsync("SELECT o.note FROM public.orders AS o WHERE id = 3");
        var called = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        called.Output.ShouldContain("called since the last look");
        called.Output.ShouldNotContain("still connected");
        // Other tests share the server's statistics: when they make it throw statements out, a look counts from then on.
        for (var attempt = 0; attempt < 20 && await project.HistoryAsync("dev") != "0001 applied, 0002 applied"; attempt++)
            (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
    }

    private static async Task<LkProject> ProjectAsync(string gate)
    {
        var project = await LkProject.CreateAsync("dev");
        if (gate.Length > 0)
            project.Configure("dev", gate);
        return project.Migration("0001_base", "CREATE TABLE orders (id int PRIMARY KEY, note text);").Migration("0002_contract", Contract, "ALTER TABLE orders ADD COLUMN note text;");
    }
}
