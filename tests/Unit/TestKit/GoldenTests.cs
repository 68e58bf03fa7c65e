using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.TestKit;

public sealed class GoldenTests
{
    [Fact]
    public void the_root_is_the_folder_of_the_solution() =>
        File.Exists(RepositoryRoot.Path("Lockkeeper.slnx")).ShouldBeTrue();

    [Fact]
    public void a_file_that_is_the_same_passes() =>
        Golden.Check("global.json", File.ReadAllText(RepositoryRoot.Path("global.json")));

    [Fact]
    public void a_difference_names_the_line_and_how_to_accept_it()
    {
        if (Environment.GetEnvironmentVariable(Golden.UpdateVariable) == "1")
            return;
        var message = Should.Throw<ShouldAssertException>(() => Golden.Check("global.json", "{}")).Message;
        message.ShouldContain("First difference in line 1");
        message.ShouldContain("LK_UPDATE_GOLDEN=1");
    }
}
