using Lockkeeper.Backup;
using Lockkeeper.Backup.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Backup.PostgreSql;

/// <summary>How many servers are asked who they are before a dangerous change of many databases.</summary>
public sealed class EndangeredServersTests
{
    private static IReadOnlyList<string> Asked(bool isPooled, params IEnumerable<string> urls) =>
        [.. EndangeredServers.ToAsk([.. urls.Select(url => new EndangeredPlace(url, isPooled, "0002", Destroys: true))]).Select(place => place.Url)];

    [Fact]
    public void a_thousand_databases_of_one_server_are_one_question() =>
        Asked(isPooled: false, Enumerable.Range(1, 1000).Select(n => $"postgres://role{n}:pass{n}@10.0.0.1:5433/t{n}")).ShouldBe(["postgres://role1:pass1@10.0.0.1:5433/t1"]);

    [Fact]
    public void each_host_and_each_port_is_asked() =>
        Asked(isPooled: false, "postgres://10.0.0.1/a", "postgres://10.0.0.2/b", "postgres://10.0.0.1:5432/c", "postgres://10.0.0.1:5433/d", "Host=10.0.0.2;Database=e")
            .ShouldBe(["postgres://10.0.0.1/a", "postgres://10.0.0.2/b", "postgres://10.0.0.1:5433/d"]);

    [Fact]
    public void behind_a_pooler_each_database_is_asked_since_it_may_be_on_another_server() =>
        Asked(isPooled: true, "postgres://10.0.0.1:6432/a", "postgres://10.0.0.1:6432/b", "postgres://10.0.0.1:6432/a").ShouldBe(["postgres://10.0.0.1:6432/a", "postgres://10.0.0.1:6432/b"]);
}
