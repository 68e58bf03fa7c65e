using System.Diagnostics;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>A shadow that lacks something, dies or has no room: the proof goes on with what is left, or ends with a number and a hint, and no server stays.</summary>
public sealed class ProveTroubleTests
{
    [Fact]
    public async Task an_extension_that_the_shadow_lacks_costs_what_hangs_on_it_and_is_said()
    {
        await using var project = await ProveTests.ProjectAsync("dev");
        project.Migration("0001_tables", "CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE names (id int PRIMARY KEY);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        // To pg_dump it is an extension of another name, which no machine has.
        await project["dev"].ExecuteAsync("CREATE EXTENSION citext; ALTER TABLE names ADD COLUMN name citext; UPDATE pg_extension SET extname = 'nowhere_to_be_had' WHERE extname = 'citext'");
        project.Migration("0002_note", "ALTER TABLE orders ADD COLUMN note text;", "ALTER TABLE orders DROP COLUMN note;");
        var result = await project.RunAsync("migrate", "prove", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("not checked: the shadow lacks a part of the target's schema: extension \"nowhere_to_be_had\" is not available");
        result.Output.ShouldContain("ACCESS EXCLUSIVE on orders");
        result.Output.ShouldContain("way back: proven");

        project.Migration("0003_name", "ALTER TABLE names DROP COLUMN name;");
        var without = await project.RunAsync("migrate", "prove", "--env", "dev");
        without.ExitCode.ShouldBe(1, without.ToString());
        without.Output.ShouldContain("fails: 0003 name fails: relation \"names\" does not exist", customMessage: "it is a finding beside the line that says what the shadow lacks");
        await project["dev"].ExecuteAsync("UPDATE pg_extension SET extname = 'citext' WHERE extname = 'nowhere_to_be_had'");
        NothingRuns(project);
    }

    [Fact]
    public async Task an_extension_that_no_machine_has_is_named_when_the_shadow_is_made_of_the_files()
    {
        await using var project = await ProveTests.ProjectAsync();
        project.Migration("0001_extension", "CREATE EXTENSION nowhere_to_be_had;").Migration("0002_note", "CREATE TABLE orders (id int);");
        var result = await project.RunAsync("migrate", "prove");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK3120: extension \"nowhere_to_be_had\" is not available");
        result.Errors.ShouldContain("HINT: ");
        NothingRuns(project);
    }

    [Fact]
    public async Task a_shadow_that_dies_in_the_middle_ends_the_proof_with_a_number_and_the_next_one_works()
    {
        await using var project = await ProveTests.ProjectAsync();
        project.Migration("0001_tables", "CREATE TABLE orders (id int);");
        project.Migration("0002_slow", "SELECT pg_sleep(600);");
        await using var lk = await project.StartAsync("migrate", "prove");
        await ProveTests.SleepsAsync(project);
        var file = Directory.EnumerateFiles(project.Folder, "postmaster.pid", SearchOption.AllDirectories).Single();
        await Signals.SendAsync("KILL", int.Parse((await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))[0], System.Globalization.CultureInfo.InvariantCulture));
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK3122: the shadow server went away");
        result.Errors.ShouldContain("HINT: Run it again");
        project.Migration("0002_slow", "SELECT 1;");
        var again = await project.RunAsync("migrate", "prove");
        again.ExitCode.ShouldBe(0, again.ToString());
        NothingRuns(project);
    }

    [Fact]
    public async Task a_shadow_without_room_is_not_taken_for_a_migration_that_fails()
    {
        await using var project = await ProveTests.ProjectAsync();
        project.Migration("0001_tables", "CREATE TABLE orders (id int, note text);");
        project.Migration("0002_rows", "INSERT INTO orders SELECT n, repeat('x', 60) FROM generate_series(1, 400000) n;");
        (await project.RunAsync("migrate", "status")).Output.ShouldContain("0002");
        // A limit on the size of files that is no multiple of a page: one is written in part, which the server calls a full disk. The runtime's own mappings are larger.
        var start = new ProcessStartInfo("prlimit", ["--fsize=25000001:", LkProcess.Program, "migrate", "prove"]) { WorkingDirectory = project.Folder, UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var (name, value) in project.Variables)
            start.Environment[name] = value;
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using var lk = Process.Start(start)!;
        var output = lk.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await lk.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await lk.WaitForExitAsync(TestContext.Current.CancellationToken);
        lk.ExitCode.ShouldBe(3, await output + errors);
        errors.ShouldContain("LK3122: the shadow server cannot go on: could not extend file");
        errors.ShouldContain("HINT: Make room in the sandbox folder");
        NothingRuns(project);
        (await project.RunAsync("migrate", "prove")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task shadows_that_nobody_has_used_for_weeks_go_with_the_next_proof()
    {
        await using var old = await ProveTests.ProjectAsync();
        await using var other = await ProveTests.ProjectAsync();
        other.Variables["LK_SANDBOX_FOLDER"] = old.Variables["LK_SANDBOX_FOLDER"];
        old.Migration("0001_tables", "CREATE TABLE orders (id int);");
        other.Migration("0001_tables", "CREATE TABLE orders (id int);");
        (await old.RunAsync("migrate", "prove")).ExitCode.ShouldBe(0);
        var first = Shadows(old).ShouldHaveSingleItem();
        (await other.RunAsync("migrate", "prove")).ExitCode.ShouldBe(0);
        Shadows(old).Count.ShouldBe(2, "the first one is of today");
        File.SetLastWriteTimeUtc(Path.Combine(first, "data", "postmaster.opts"), DateTime.UtcNow.AddDays(-20));
        (await other.RunAsync("migrate", "prove")).ExitCode.ShouldBe(0);
        Shadows(old).ShouldHaveSingleItem().ShouldNotBe(first);
        (await other.RunAsync("sandbox", "list")).Output.ShouldContain("prove-");
        (await other.RunAsync("sandbox", "down", "--all")).ExitCode.ShouldBe(0);
        Shadows(old).ShouldBeEmpty();
    }

    private static List<string> Shadows(LkProject project) =>
        [.. Directory.EnumerateFiles(Path.Combine(project.Folder, "clusters"), "cluster.json", SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!)];

    private static void NothingRuns(LkProject project) => Directory.EnumerateFiles(project.Folder, "postmaster.pid", SearchOption.AllDirectories).ShouldBeEmpty();
}
