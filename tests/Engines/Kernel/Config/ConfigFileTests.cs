using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Kernel.Config;

public sealed class ConfigFileTests : IDisposable
{
    private const string Valid =
        """
        project: shop
        databases: { shop: { engine: postgres, migrations: migrations } }
        environments: [ { name: dev, targets: { shop: "${env:DEV_URL}" } } ]
        """;

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("lockkeeper.yaml")]
    [InlineData("lockkeeper.yml")]
    public void the_nearest_file_above_counts(string name)
    {
        folder.Write("a/" + name, Valid);
        folder.Write(name, "project: other");
        var below = Directory.CreateDirectory(folder["a/b/c"]).FullName;
        var located = ConfigReader.LoadNearest(below);
        located.Config.Project.ShouldBe("shop");
        located.Folder.ShouldBe(folder["a"]);
    }

    [Fact]
    public void without_a_file_the_hint_names_init()
    {
        var error = Should.Throw<LockkeeperException>(() => ConfigReader.Find(folder.Path));
        error.Code.ShouldBe(KernelErrors.ConfigMissing);
        error.Hint.ShouldNotBeNull().ShouldContain("lk init");
        Should.Throw<LockkeeperException>(() => ConfigReader.Load(folder["other.yaml"])).Code.ShouldBe(KernelErrors.ConfigMissing);
    }

    [Fact]
    public void an_error_names_the_file_as_it_would_be_typed()
    {
        folder.Write("lockkeeper.yaml", "project: shop");
        var below = Directory.CreateDirectory(folder["below"]).FullName;
        Should.Throw<LockkeeperException>(() => ConfigReader.LoadNearest(below)).At!.ToString().ShouldBe("../lockkeeper.yaml:1:1");
        Should.Throw<LockkeeperException>(() => ConfigReader.LoadNearest(folder.Path)).At!.ToString().ShouldBe("lockkeeper.yaml:1:1");
    }

    [Fact]
    public void two_files_in_one_folder_are_a_warning()
    {
        folder.Write("lockkeeper.yaml", Valid);
        folder.Write("lockkeeper.yml", "project: other");
        ConfigReader.LoadNearest(folder.Path).Warnings.ShouldHaveSingleItem().Rule.ShouldBe("two-config-files");
    }

    [Fact]
    public void a_byte_order_mark_and_windows_line_ends_do_no_harm()
    {
        folder.Write("lockkeeper.yaml", "\uFEFF" + Valid.ReplaceLineEndings("\r\n"));
        ConfigReader.LoadNearest(folder.Path).Config.Environments.ShouldHaveSingleItem().Name.ShouldBe("dev");
    }

    [Fact]
    public void a_folder_in_the_place_of_the_file_cannot_be_read()
    {
        Directory.CreateDirectory(folder["config.yaml"]);
        Should.Throw<LockkeeperException>(() => ConfigReader.Load(folder["config.yaml"])).Code.ShouldBe(KernelErrors.ConfigMissing);
    }

    [Fact]
    public void a_file_without_end_is_read_up_to_the_limit_only()
    {
        var error = Should.Throw<LockkeeperException>(() => ConfigReader.Load("/dev/zero"));
        error.Message.ShouldBe("the file is larger than 1 MB");
    }
}
