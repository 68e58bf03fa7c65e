using Lockkeeper.Engines.Rds.Query;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Http;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.Rds;

/// <summary>The Query protocol: forms, answers, errors, and when a call is tried again.</summary>
public sealed class QueryTests
{
    [Fact]
    public void lists_and_structures_are_flat_and_numbered_from_one() =>
        QueryText.Form("Do", "2014-10-31", [new("A", "x y&z=ü"), .. QueryText.List("Groups.Group", ["a", "b"]), .. QueryText.Structures("Tags.Tag", [[new("Key", "k"), new("Value", "v")]])])
            .ShouldBe("Action=Do&Version=2014-10-31&A=x%20y%26z%3D%C3%BC&Groups.Group.1=a&Groups.Group.2=b&Tags.Tag.1.Key=k&Tags.Tag.1.Value=v");

    [Fact]
    public void a_result_is_read_without_its_namespaces() =>
        QueryAnswer.Result("Do", new HttpAnswer(200, "<DoResponse xmlns=\"urn:x\"><DoResult><A><B>1</B></A></DoResult><ResponseMetadata/></DoResponse>")).Element("A")!.Element("B")!.Value.ShouldBe("1");

    [Theory]
    [InlineData("not xml")]
    [InlineData("<html><body>Sign in to the proxy</body></html>")]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><DoResponse>&x;</DoResponse>")]
    public void what_is_no_answer_of_the_service_is_an_error(string body) => Should.Throw<LockkeeperException>(() => QueryAnswer.Result("Do", new HttpAnswer(200, body))).Code.Id.ShouldBe("LK4106");

    [Fact]
    public void an_error_has_the_services_code_message_and_request()
    {
        QueryAnswer.Error(new HttpAnswer(400, "<ErrorResponse xmlns=\"urn:x\"><Error><Type>Sender</Type><Code>DBInstanceNotFound</Code><Message>gone</Message></Error><RequestId>77</RequestId></ErrorResponse>")).ShouldBe(new QueryError("DBInstanceNotFound", "gone", "77"));
        QueryAnswer.Error(new HttpAnswer(502, "<html>Bad gateway</html>")).Code.ShouldBe("HTTP 502");
    }

    [Theory]
    [InlineData(1, 0.2)]
    [InlineData(4, 1.6)]
    [InlineData(30, 20)]
    public void the_wait_grows_up_to_a_limit_and_is_any_part_of_it(int tries, double most)
    {
        Backoff.After(tries, 1).TotalSeconds.ShouldBe(most, 0.001);
        Backoff.After(tries, 0).ShouldBe(TimeSpan.Zero);
        Backoff.After(tries, 0.5).TotalSeconds.ShouldBe(most / 2, 0.001);
    }
}
