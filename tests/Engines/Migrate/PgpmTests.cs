using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Five packages of pgpm in one database: projects that require changes of each other.</summary>
public sealed class PgpmTests : IAsyncLifetime
{
    private static readonly string[] Packages = ["verify", "types", "inflection", "base32", "database-jobs"];

    private readonly TestFolder folder = new();
    private SandboxCluster? cluster;
    private TestDatabase? database;

    public async ValueTask InitializeAsync()
    {
        // Its roles would be seen by every other test of a shared server.
        cluster = await TestCluster.StartAsync();
        database = await NewDatabaseAsync();
        await database.ExecuteAsync("CREATE ROLE administrator; CREATE ROLE authenticated; CREATE ROLE anonymous");
        foreach (var package in Packages)
        {
            foreach (var file in Directory.EnumerateFiles(Corpora.Pgpm(package), "*", SearchOption.AllDirectories))
                folder.Write($"{package}/{Path.GetRelativePath(Corpora.Pgpm(package), file)}", File.ReadAllText(file));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
            await cluster.DisposeAsync();
        folder.Dispose();
    }

    [Trait("Category", "Long")]
    [Fact]
    public async Task the_packages_are_deployed_verified_reverted_to_nothing_and_deployed_again_to_what_psql_makes()
    {
        var nothing = await Schemas.ReadAsync(database!);
        (await ShouldRunAsync(Packages, "migrate", "apply", "--env", "dev", "--yes")).ShouldContain("19 applied");
        (await database!.ScalarAsync("SELECT count(*)::text FROM lockkeeper.migrations WHERE outcome = 'applied'")).ShouldBe($"{Changes()}");
        (await ShouldRunAsync(Packages, "migrate", "apply", "--env", "dev", "--yes")).ShouldContain("nothing to do");
        // These scripts look for what comes later in the same plan: they are for the end, not for each change.
        await ShouldRunAsync(Packages, "migrate", "verify", "--scripts");
        var deployed = await Schemas.ReadAsync(database);

        await using var byPsql = await NewDatabaseAsync();
        foreach (var package in Packages)
        {
            foreach (var change in Names(package))
                await Psql.OutputAsync(byPsql.Url, await File.ReadAllTextAsync(Path.Combine(Corpora.Pgpm(package), "deploy", $"{change}.sql"), TestContext.Current.CancellationToken));
        }

        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(byPsql), deployed);
        foreach (var package in Packages.Reverse())
            await ShouldRunAsync(Packages, "migrate", "rollback", "--env", "dev", "--database", package, "--to", "0", "--yes");
        (await Schemas.ReadAsync(database)).Fingerprint.ShouldBe(nothing.Fingerprint);
        await ShouldRunAsync(Packages, "migrate", "apply", "--env", "dev", "--yes");
        (await Schemas.ReadAsync(database)).Fingerprint.ShouldBe(deployed.Fingerprint);
    }

    [Fact]
    public async Task a_package_before_the_one_that_it_requires_is_refused_with_the_place_in_its_plan()
    {
        var early = await RunAsync(["database-jobs", "verify"], "migrate", "apply", "--env", "dev", "--yes");
        early.ExitCode.ShouldBe(5, early.ToString());
        early.Errors.ShouldContain("LK3015: schemas/app_jobs/schema requires pgpm-verify:@0.1.0, which is not applied to");
        early.Errors.ShouldContain("at database-jobs/pgpm.plan:4:26");
        early.Errors.ShouldContain("--database verify");
        (await database!.ScalarAsync("SELECT count(*)::text FROM pg_namespace WHERE nspname IN ('lockkeeper', 'app_jobs')")).ShouldBe("0");

        var alone = await RunAsync(["database-jobs"], "migrate", "apply", "--env", "dev", "--yes");
        alone.ExitCode.ShouldBe(5, alone.ToString());
        alone.Errors.ShouldContain("no database of lockkeeper.yaml has the project pgpm-verify");
    }

    [Fact]
    public async Task a_package_that_another_one_requires_is_not_rolled_back_before_it()
    {
        await ShouldRunAsync(["verify", "database-jobs"], "migrate", "apply", "--env", "dev", "--yes");
        var refused = await RunAsync(["verify", "database-jobs"], "migrate", "rollback", "--env", "dev", "--database", "verify", "--last", "--yes");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("is required by pgpm-database-jobs:schemas/app_jobs/schema, which is applied here");
        refused.Errors.ShouldContain("Roll database-jobs back first.");
    }

    private async Task<TestDatabase> NewDatabaseAsync()
    {
        var made = await TestDatabase.CreateAsync(cluster: cluster);
        await made.ExecuteAsync("CREATE EXTENSION citext; CREATE EXTENSION unaccent; CREATE EXTENSION \"uuid-ossp\"; CREATE EXTENSION pgcrypto; CREATE EXTENSION hstore");
        return made;
    }

    private static List<string> Names(string package) =>
    [
        .. File.ReadAllLines(Path.Combine(Corpora.Pgpm(package), "pgpm.plan")).Where(line => line.Trim() is { Length: > 0 } text && text[0] is not ('%' or '@')).Select(line => line.Split(' ')[0]),
    ];

    private static int Changes() => Packages.Sum(package => Names(package).Count);

    private async Task<string> ShouldRunAsync(string[] packages, params string[] arguments)
    {
        var result = await RunAsync(packages, arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
        return result.Output;
    }

    private Task<LkResult> RunAsync(string[] packages, params string[] arguments)
    {
        var databases = string.Join("", packages.Select(package => $"  {package}: {{ engine: postgres, migrations: {package} }}\n"));
        var targets = string.Join(", ", packages.Select(package => $"{package}: \"${{env:URL}}\""));
        folder.Write("lockkeeper.yaml", $"project: pgpm\ndatabases:\n{databases}environments:\n  - name: dev\n    targets: {{ {targets} }}\n");
        return LkProcess.RunAsync(new LkCall(arguments) { Folder = folder.Path, Environment = new Dictionary<string, string?> { ["URL"] = database!.Url, ["LK_ACTOR"] = "anna" } });
    }
}
