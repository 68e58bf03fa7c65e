using Lockkeeper.Tests.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>goiardi's Sqitch project, by us and by Sqitch itself.</summary>
public sealed class SqitchTests
{
    private const int Changes = 41;

    private static readonly string[] Apply = ["migrate", "apply", "--env", "dev", "--yes"];

    [Fact]
    public async Task goiardi_is_deployed_verified_reverted_to_nothing_and_deployed_again()
    {
        await using var project = await GoiardiAsync();
        project.DatabaseSettings = "verify: true";
        var nothing = await Schemas.ReadAsync(project["dev"]);
        (await ShouldRunAsync(project, Apply)).ShouldContain($"{Changes} applied");
        (await ShouldRunAsync(project, Apply)).ShouldContain("nothing to do");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.migrations WHERE outcome = 'applied'")).ShouldBe($"{Changes}");
        await ShouldRunAsync(project, "migrate", "verify");
        var deployed = await Schemas.ReadAsync(project["dev"]);
        deployed.Objects.Count.ShouldBeGreaterThan(100);

        await ShouldRunAsync(project, "migrate", "rollback", "--env", "dev", "--to", "0", "--yes");
        (await Schemas.ReadAsync(project["dev"])).Fingerprint.ShouldBe(nothing.Fingerprint);
        await ShouldRunAsync(project, Apply);
        (await Schemas.ReadAsync(project["dev"])).Fingerprint.ShouldBe(deployed.Fingerprint);
    }

    [Fact]
    public async Task sqitch_makes_the_same_schema_of_goiardi()
    {
        await using var project = await GoiardiAsync();
        await ShouldRunAsync(project, Apply);
        await using var bySqitch = await TestDatabase.CreateAsync();
        await SqitchTool.OutputAsync(Corpora.Goiardi, bySqitch, "deploy", "--verify");
        await bySqitch.ExecuteAsync("DROP SCHEMA sqitch CASCADE");
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(bySqitch), await Schemas.ReadAsync(project["dev"]));
    }

    private static async Task<LkProject> GoiardiAsync()
    {
        var project = await LkProject.CreateAsync("dev");
        SqitchTool.Copy(Corpora.Goiardi, project);
        return project;
    }

    private static async Task<string> ShouldRunAsync(LkProject project, params string[] arguments)
    {
        var result = await project.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
        return result.Output;
    }
}
