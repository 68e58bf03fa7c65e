using System.Globalization;
using Lockkeeper.Engines.Rds.Credentials;
using Lockkeeper.Engines.Rds.Query;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.Rds;

/// <summary>The vectors of AWS's Signature Version 4 test suite.</summary>
public sealed class SigV4Tests
{
    private static readonly AwsCredentials Example = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null, null, "test");

    private static readonly DateTimeOffset Then = DateTimeOffset.Parse("2015-08-30T12:36:00Z", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("GET", "https://example.amazonaws.com/", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("POST", "https://example.amazonaws.com/", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1", "", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    public void the_signature_is_the_one_of_the_test_suite(string method, string url, string body, string signature) =>
        Signed(new SignedRequest(method, new Uri(url), body, []), Example).ShouldEndWith($"SignedHeaders=host;x-amz-date, Signature={signature}");

    [Fact]
    public void a_form_is_signed_with_its_type() =>
        Signed(new SignedRequest("POST", new Uri("https://example.amazonaws.com/"), "Param1=value1", [new("Content-Type", "application/x-www-form-urlencoded")]), Example)
            .ShouldBe("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");

    [Fact]
    public void the_token_of_a_session_is_signed_and_sent()
    {
        var headers = SigV4.Sign(new SignedRequest("POST", new Uri("http://127.0.0.1:8080/"), "", []), "eu-west-1", "rds", Example with { Token = "a token" }, Then);
        headers.ShouldContain(new KeyValuePair<string, string>("X-Amz-Security-Token", "a token"));
        headers[^1].Value.ShouldContain("SignedHeaders=host;x-amz-date;x-amz-security-token");
    }

    [Fact]
    public void credentials_do_not_write_their_secret_out() => $"{Example}".ShouldNotContain("wJalr");

    private static string Signed(SignedRequest request, AwsCredentials credentials) => SigV4.Sign(request, "us-east-1", "service", credentials, Then)[^1].Value;
}
