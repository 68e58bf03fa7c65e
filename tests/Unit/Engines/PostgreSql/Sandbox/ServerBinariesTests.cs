using Lockkeeper.Engines.PostgreSql.Sandbox;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Sandbox;

public sealed class ServerBinariesTests
{
    [Theory]
    [InlineData("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)", 15, "15.20")]
    [InlineData("postgres (PostgreSQL) 17.10", 17, "17.10")]
    [InlineData("postgres (PostgreSQL) 19devel", 19, "19devel")]
    [InlineData("postgres (PostgreSQL) 9.6.24", 9, "9.6.24")]
    public void the_version_is_read_from_what_the_server_says(string output, int major, string version)
    {
        var found = ServerBinaries.ParseVersion(output).ShouldNotBeNull();
        (found.MajorVersion, found.Version).ShouldBe((major, version));
    }

    [Theory]
    [InlineData("")]
    [InlineData("mysqld  Ver 8.0")]
    public void what_is_no_server_has_no_version(string output) => ServerBinaries.ParseVersion(output).ShouldBeNull();
}
