using Lockkeeper.Migrate.PostgreSql.Locks;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Locks;

/// <summary>Somebody else's query as it may stand in a log.</summary>
public sealed class ShownQueryTests
{
    [Theory]
    [InlineData("SELECT *\n  FROM orders", "SELECT * FROM orders")]
    [InlineData("ALTER ROLE app PASSWORD 'hunter2'", "ALTER ROLE app PASSWORD …")]
    [InlineData("alter role app password\n'hunter2", "alter role app password …")]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'host=a password=hunter2' PUBLICATION p", "CREATE SUBSCRIPTION s CONNECTION 'host=a password …")]
    [InlineData("CREATE USER MAPPING FOR x SERVER y OPTIONS (user 'a', passwd 'hunter2')", "CREATE USER MAPPING FOR x SERVER y OPTIONS (user 'a', passwd …")]
    [InlineData("SELECT pgp_sym_decrypt(card, 'hunter2')", "SELECT pgp_sym_ …")]
    public void a_query_is_one_line_and_ends_at_a_word_for_a_secret(string query, string shown) => ShownQuery.Of(query).ShouldBe(shown);

    [Fact]
    public void a_long_query_is_cut() => ShownQuery.Of(new string('x', 200)).ShouldBe(new string('x', 120) + "…");
}
