using Lockkeeper.Tests.TestKit;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

public sealed class ConfigReferenceTests
{
    [Fact]
    public void the_page_of_every_key_is_the_one_of_this_version() => Golden.Check("docs/reference/config.md", ConfigReferencePage.Text());
}
