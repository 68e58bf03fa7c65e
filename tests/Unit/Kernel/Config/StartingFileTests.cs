using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Verbs;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

public sealed partial class StartingFileTests
{
    [Fact]
    public void the_file_is_what_a_newcomer_reads() =>
        Golden.Check("tests/Unit/Kernel/Config/Golden/starting-file.golden.txt", StartingFile.Text("shop", "migrations/shop", "lockkeeper"));

    [Fact]
    public void it_is_a_valid_configuration_with_nothing_to_warn_of()
    {
        var problems = new Problems("lockkeeper.yaml");
        var config = ConfigReader.Parse(StartingFile.Text("shop", "migrations/shop", "flyway"), problems);
        config.Environments.Select(environment => environment.Name).ShouldBe(["dev", "staging", "prod"]);
        config.Databases.ShouldHaveSingleItem().Format.ShouldBe("flyway");
        problems.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void what_stands_in_its_comments_is_valid_too()
    {
        var config = Sample.Parse(WithComments(StartingFile.Text("shop", "migrations/shop", "lockkeeper")));
        config.Environments[1].Gates.ShouldHaveSingleItem();
        var prod = config.Environments[2];
        prod.Approvals.ShouldNotBeNull();
        prod.Window.ShouldNotBeNull();
        prod.Health.ShouldNotBeNull();
        prod.OnFailure.ShouldBe(OnFailure.Rollback);
    }

    [Theory]
    [InlineData("db/migration")]
    [InlineData("/srv/shop/migrations")]
    [InlineData("../other's \"migrations\"")]
    [InlineData("C:\\shop # one")]
    [InlineData("-")]
    [InlineData("größe")]
    public void any_folder_comes_back_as_it_was_given(string folder) =>
        Sample.Parse(StartingFile.Text("shop", folder, "lockkeeper")).Databases[0].Migrations.ShouldBe(folder);

    [Theory]
    [InlineData("1")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("a.b-c_d")]
    public void any_name_comes_back_as_it_was_given(string name)
    {
        var config = Sample.Parse(StartingFile.Text(name, "m", "lockkeeper"));
        config.Project.ShouldBe(name);
        config.Databases[0].Name.ShouldBe(name);
    }

    /// <summary>The file with the keys in its comments made real.</summary>
    internal static string WithComments(string yaml) => CommentedKey().Replace(yaml, "${indent}${key}");

    [GeneratedRegex(@"^(?<indent> *)# (?<key>[a-z_]+: [{\[a-z].*)$", RegexOptions.Multiline)]
    private static partial Regex CommentedKey();
}
