using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Liquibase's changelogs, held against the real Liquibase.</summary>
public sealed class LiquibaseTests
{
    private static readonly string[] Apply = ["migrate", "apply", "--env", "dev", "--yes"];

    [Fact]
    public async Task every_structural_change_leaves_what_liquibase_leaves()
    {
        await using var project = await LkProject.CreateAsync("dev");
        CopyTo(project, "structure.xml", "changelog.xml");
        await using var theirs = await TestDatabase.CreateAsync();
        await LiquibaseTool.RunAsync(Path.Combine(project.Folder, "migrations"), "changelog.xml", theirs, "update");
        await ShouldApplyAsync(project);
        await ShouldBeEqualAsync(project["dev"], theirs);
        const string rows = "SELECT string_agg(p::text, '|' ORDER BY name) FROM (SELECT name, active, amount, born, notes, city, n FROM person) p";
        (await project["dev"].ScalarAsync(rows)).ShouldBe(await theirs.ScalarAsync(rows));
    }

    private static void CopyTo(LkProject project, string fixture, string name)
    {
        var folder = RepositoryRoot.Path("tests/Engines/Migrate/Liquibase");
        project.File($"migrations/{name}", File.ReadAllText(Path.Combine(folder, fixture)));
        project.File("migrations/data/person ä.csv", File.ReadAllText(Path.Combine(folder, "data/person ä.csv")));
    }

    private static async Task ShouldApplyAsync(LkProject project)
    {
        var applied = await project.RunAsync(Apply);
        applied.ExitCode.ShouldBe(0, applied.ToString());
    }

    /// <summary>Equal but for the two tools' own tables.</summary>
    private static async Task ShouldBeEqualAsync(TestDatabase ours, TestDatabase theirs)
    {
        await theirs.ExecuteAsync("DROP TABLE IF EXISTS databasechangelog, databasechangeloglock");
        await ours.ExecuteAsync("DROP TABLE IF EXISTS databasechangelog, databasechangeloglock");
        await using var here = await ours.OpenAsync();
        await using var there = await theirs.OpenAsync();
        var (mine, other) = (await SchemaReader.ReadAsync(here, SchemaScope.Default, CancellationToken.None), await SchemaReader.ReadAsync(there, SchemaScope.Default, CancellationToken.None));
        string.Join('\n', SchemaDiff.Compare(other, mine).Select(difference => difference.Words)).ShouldBeEmpty();
        mine.Fingerprint.ShouldBe(other.Fingerprint);
    }
}
