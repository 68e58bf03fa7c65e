using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Errors;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Sandbox;

public sealed class ServerUserTests
{
    [Fact]
    public void root_drops_to_postgres() =>
        ServerUser.ForRoot(["root:x:0:0::/root:/bin/sh", "nobody:x:65534:65534::/:/bin/false", "postgres:x:101:104::/:/bin/sh"])
            .Launcher.ShouldBe(["setpriv", "--reuid=101", "--regid=104", "--clear-groups", "--"]);

    [Fact]
    public void root_drops_to_nobody_where_there_is_no_postgres() =>
        ServerUser.ForRoot(["root:x:0:0::/root:/bin/sh", "nobody:x:65534:65533::/:/bin/false"]).Owner.ShouldBe("65534:65533");

    [Theory]
    [InlineData("root:x:0:0::/root:/bin/sh")]
    [InlineData("postgres:x:0:0::/:/bin/sh")]
    public void the_server_never_runs_as_root(string passwd) =>
        Should.Throw<LockkeeperException>(() => ServerUser.ForRoot([passwd])).Code.ShouldBe(SandboxErrors.NoServerUser);
}
