using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Engines.PostgreSql;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Connections;

public sealed class PostgreSqlUrlTests
{
    private static readonly string[] Fragments =
    [
        "postgres://", "postgresql://", "Host=", "Port=", "Timeout=", "SSL Mode=", ";", "anna", ":", "@", "/", "?", "&", "=", ",", "[", "]", "[::1]", "127.0.0.1", "5432", "65536", "-1",
        "99999999999", "%", "%40", "%zz", "%00", "\0", " ", "\"", "'", "#", "host=", "port=", "sslmode=", "require", "connect_timeout=", "dbname=", "options=-c%20x", "é", "\uD83D", "password=",
        "target_session_attrs=", "channel_binding=", "user", "shop", "1.5", "Max Pool Size=0", "Multiplexing=maybe",
    ];

    [Theory]
    [InlineData("postgres://localhost", "localhost", 5432, null, null, null)]
    [InlineData("postgres://", "localhost", 5432, null, null, null)]
    [InlineData("postgresql:///shop", "localhost", 5432, null, null, "shop")]
    [InlineData("postgres://anna@db/shop", "db", 5432, "anna", null, "shop")]
    [InlineData("postgres://anna:pw@db:6432/shop", "db", 6432, "anna", "pw", "shop")]
    [InlineData("postgres://an%3Ana:p%40s%2Fs%3Aw%25@db/sh%20op", "db", 5432, "an:na", "p@s/s:w%", "sh op")]
    [InlineData("postgres://anna:p@ss:w@db/shop", "db", 5432, "anna", "p@ss:w", "shop")]
    [InlineData("postgres://anna:größe@db/shop", "db", 5432, "anna", "größe", "shop")]
    [InlineData("postgres://anna:a+b@db/shop", "db", 5432, "anna", "a+b", "shop")]
    [InlineData("postgres://[::1]/shop", "::1", 5432, null, null, "shop")]
    [InlineData("postgres://anna@[2001:db8::1]:6432/shop", "2001:db8::1", 6432, "anna", null, "shop")]
    [InlineData("postgres://%2Fvar%2Frun%2Fpostgresql/shop", "/var/run/postgresql", 5432, null, null, "shop")]
    [InlineData("postgres:///shop?host=/var/run/postgresql&port=6432&user=anna", "/var/run/postgresql", 6432, "anna", null, "shop")]
    [InlineData("postgres://db/?dbname=shop&password=p%26w", "db", 5432, null, "p&w", "shop")]
    [InlineData("Host=db;Port=6432;Username=anna;Password=p;Database=shop", "db", 6432, "anna", "p", "shop")]
    public void a_url_is_read_as_libpq_reads_it(string url, string host, int port, string? user, string? password, string? database)
    {
        var read = PostgreSqlUrl.Parse(url);
        (read.Host, read.Port, read.Username, read.Password, read.Database).ShouldBe((host, port, user, password, database));
    }

    [Fact]
    public void several_hosts_keep_their_ports()
    {
        PostgreSqlUrl.Parse("postgres://a:5433,b,[::1]:5434/shop?target_session_attrs=primary").Host.ShouldBe("a:5433,b:5432,[::1]:5434");
        PostgreSqlUrl.Parse("postgres://a,b/shop?target_session_attrs=read-write").TargetSessionAttributes.ShouldBe("read-write");
    }

    [Theory]
    [InlineData("disable", SslMode.Disable)]
    [InlineData("allow", SslMode.Allow)]
    [InlineData("prefer", SslMode.Prefer)]
    [InlineData("require", SslMode.Require)]
    [InlineData("verify-ca", SslMode.VerifyCA)]
    [InlineData("verify-full", SslMode.VerifyFull)]
    public void sslmode_has_libpqs_names(string name, SslMode mode) => PostgreSqlUrl.Parse($"postgres://db/shop?sslmode={name}").SslMode.ShouldBe(mode);

    [Fact]
    public void what_hosting_companies_put_into_urls_is_known() =>
        PostgreSqlUrl.Parse("postgres://anna:pw@ep-x.example.com/shop?sslmode=require&channel_binding=require&application_name=web&connect_timeout=5").ApplicationName.ShouldBe("web");

    [Theory]
    [InlineData("")]
    [InlineData("s3cr3t")]
    [InlineData("mysql://anna:s3cr3t@db/shop")]
    [InlineData("postgres:/anna:s3cr3t@db/shop")]
    [InlineData("postgres://anna:s3cr3t@db:0/shop")]
    [InlineData("postgres://anna:s3cr3t@db:65536/shop")]
    [InlineData("postgres://anna:s3cr3t@db:99999999999/shop")]
    [InlineData("postgres://anna:s3cr3t@db:-1/shop")]
    [InlineData("postgres://anna:s3cr3t@db:5432x/shop")]
    [InlineData("postgres://anna:s3cr3t@db:/shop?port=x")]
    [InlineData("postgres://anna:s3cr3t@db/shop?sslmode=2")]
    [InlineData("postgres://anna:s3cr3t@db/shop?sslmode=strict")]
    [InlineData("postgres://anna:s3cr3t@db/shop?connect_timeout=-1")]
    [InlineData("postgres://anna:s3cr3t@db/shop?connect_timeout=99999999999")]
    [InlineData("postgres://anna:s3cr3t@db/shop?target_session_attrs=some")]
    [InlineData("postgres://anna:12/s3cr3t@db/shop")]
    [InlineData("postgres://anna:12?s3cr3t@db/shop")]
    [InlineData("postgres://anna:12?s3cr3t=@db/shop")]
    [InlineData("postgres://anna:s3cr3t%00@db/shop")]
    [InlineData("Host=db;Port=s3cr3t")]
    [InlineData("Host=db;Nonsense=s3cr3t")]
    [InlineData("Host=db;Port=99999999999;Password=s3cr3t")]
    public void a_url_that_is_wrong_is_refused_and_its_password_is_not_said(string url)
    {
        var error = Should.Throw<LockkeeperException>(() => PostgreSqlUrl.Parse(url));
        error.Code.ShouldBe(PostgreSqlErrors.BadUrl);
        error.Hint.ShouldNotBeNull();
        error.ToString().ShouldNotContain("s3cr3t");
    }

    [Fact]
    public void an_unknown_parameter_is_named()
    {
        var error = Should.Throw<LockkeeperException>(() => PostgreSqlUrl.Parse("postgres://anna:s3cr3t@db/shop?sslmod=require"));
        error.Message.ShouldContain("'sslmod'");
        error.Hint.ShouldNotBeNull().ShouldContain("sslmode");
    }

    [Fact]
    public void any_text_is_read_or_refused_and_nothing_else()
    {
        var texts = from start in Gen.Elements("postgres://", "postgresql://", "Host=db;", "")
                    from parts in Gen.Elements(Fragments).ListOf()
                    select start + string.Concat(parts);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20_000), Prop.ForAll(Arb.From(texts), url =>
        {
            try
            {
                // The whole way to a data source: what the driver refuses late is refused by us, too.
                PostgreSqlServer.At(url, new Redactor());
                return true;
            }
            catch (LockkeeperException e)
            {
                return e.Code == PostgreSqlErrors.BadUrl && e.Hint is not null && e.InnerException is null;
            }
        }));
    }

    [Fact]
    public void a_password_of_any_characters_comes_out_as_it_went_in_when_it_is_encoded() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll((NonEmptyString password) =>
    {
        var text = password.Get.Replace("\0", "", StringComparison.Ordinal);
        // A lone surrogate has no encoding.
        if (text.Any(char.IsSurrogate))
            return true;
        return (PostgreSqlUrl.Parse($"postgres://anna:{Uri.EscapeDataString(text)}@db/shop").Password ?? "") == text;
    }));

    [Theory]
    [InlineData("postgres://app:p%40ss@db:5433/shop?sslmode=require", "acme", "postgres://app:p%40ss@db:5433/acme?sslmode=require")]
    [InlineData("postgresql://db", "a/b?c=d&\"e", "postgres://db/a%2Fb%3Fc%3Dd%26%22e")]
    [InlineData("postgres://db/shop?dbname=other", "acme", "postgres://db/acme")]
    [InlineData("Host=db;Username=app;Database=shop", "a;b", "Host=db;Username=app;Database=\"a;b\"")]
    public void another_database_on_the_same_server_is_a_name_and_nothing_else(string url, string database, string expected)
    {
        var changed = PostgreSqlUrl.WithDatabase(url, database);
        changed.ShouldBe(expected);
        PostgreSqlUrl.Parse(changed).Database.ShouldBe(database);
    }
}
