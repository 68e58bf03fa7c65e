using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Observe.Top;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Top;

public sealed class StatementMaskTests
{
    [Theory]
    [InlineData("ALTER ROLE anna PASSWORD 'hidden'", "ALTER ROLE anna PASSWORD '***'")]
    [InlineData("alter user anna with encrypted password  'hid''hidden' valid until 'tomorrow'", "alter user anna with encrypted password  '***' valid until 'tomorrow'")]
    [InlineData("CREATE ROLE a PASSWORD E'\\'hidden' LOGIN", "CREATE ROLE a PASSWORD '***' LOGIN")]
    [InlineData("CREATE ROLE a PASSWORD U&'hid\\0061den'", "CREATE ROLE a PASSWORD '***'")]
    [InlineData("CREATE ROLE a PASSWORD $$hidden$$ LOGIN", "CREATE ROLE a PASSWORD '***' LOGIN")]
    [InlineData("CREATE ROLE a PASSWORD $x$hid$$hidden$x$ LOGIN", "CREATE ROLE a PASSWORD '***' LOGIN")]
    [InlineData("CREATE ROLE a PASSWORD /* of 'a' */ -- 'b'\n 'hidden'", "CREATE ROLE a PASSWORD /* of 'a' */ -- 'b'\n '***'")]
    [InlineData("ALTER ROLE a PASSWORD 'hidden and cut o", "ALTER ROLE a PASSWORD '***'")]
    [InlineData("ALTER ROLE a PASSWORD $$hidden and cut o", "ALTER ROLE a PASSWORD '***'")]
    [InlineData("CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'b', password 'hidden')", "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'b', password '***')")]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'host=h password=hidden dbname=d' PUBLICATION p", "CREATE SUBSCRIPTION s CONNECTION 'host=h password=*** dbname=d' PUBLICATION p")]
    [InlineData("SELECT dblink('postgres://a:hidden@h/d', 'SELECT 1')", "SELECT dblink('postgres://a:***@h/d', 'SELECT 1')")]
    [InlineData("ALTER ROLE a PASSWORD 'SCRAM-SHA-256$4096:c2FsdA==$c3Q=:c2s='", "ALTER ROLE a PASSWORD '***'")]
    [InlineData("SET password_encryption = 'md5'", "SET password_encryption = 'md5'")]
    [InlineData("ALTER ROLE a PASSWORD NULL", "ALTER ROLE a PASSWORD NULL")]
    [InlineData("SELECT * FROM orders WHERE note = 'passwordless'", "SELECT * FROM orders WHERE note = 'passwordless'")]
    public void passwords_are_masked_and_the_rest_stays(string statement, string shown) => StatementMask.Of(statement).ShouldBe(shown);

    [Fact]
    public void no_password_is_seen_wherever_the_server_has_cut_the_statement_off()
    {
        var password = Gen.Elements('a', 'b', '\'', '\\', '$', ' ', '-', '*', '/', 'é').NonEmptyListOf().Select(characters => "Geheim" + string.Concat(characters));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(password.SelectMany(_ => Gen.Choose(0, 60), (word, cut) => (word, cut)).ToArbitrary(), one =>
        {
            var statement = $"ALTER ROLE anna PASSWORD '{one.word.Replace("'", "''")}' LOGIN";
            StatementMask.Of(statement[..Math.Min(statement.Length, 28 + one.cut)]).ShouldNotContain("eheim");
        }));
    }
}
