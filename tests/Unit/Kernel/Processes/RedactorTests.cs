using Lockkeeper.Kernel.Processes;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Processes;

public sealed class RedactorTests
{
    [Fact]
    public void a_secret_inside_a_longer_secret_leaves_no_rest()
    {
        var redactor = new Redactor();
        redactor.Learn("abc");
        redactor.Learn("abcdef");
        redactor.Redact("abcdef abc").ShouldBe("*** ***");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ab")]
    public void what_is_too_short_to_be_a_secret_does_not_hide_the_text(string? value)
    {
        var redactor = new Redactor();
        redactor.Learn(value);
        redactor.Redact("ab stays").ShouldBe("ab stays");
    }

    [Fact]
    public void a_secret_is_masked_as_it_stands_in_json()
    {
        var redactor = new Redactor();
        redactor.Learn("pa\"ss/wörd");
        redactor.Redact(System.Text.Json.JsonSerializer.Serialize("pa\"ss/wörd")).ShouldBe("\"***\"");
    }

    [Fact]
    public void a_thousand_secrets_are_masked_as_a_few_are()
    {
        var redactor = new Redactor();
        for (var i = 0; i < 1000; i++)
            redactor.Learn($"secret{i:0000}/");
        redactor.Redact("a secret0007/ and a secret0999%2F and a secret").ShouldBe("a *** and a *** and a secret");
    }

    [Theory]
    [InlineData("plain", "{\"a\": \"plain\"}", true)]
    [InlineData("plain", "{\"a\": \"other\"}", false)]
    [InlineData("quo\"ted", "{\"a\": \"{\\\"b\\\": \\\"quo\\\\\\\"ted\\\"}\"}", true)]
    [InlineData("p+q", "{\"a\": \"p\\\\u002Bq\"}", true)]
    public void a_json_text_is_passed_over_only_when_no_secret_can_be_in_it(string secret, string json, bool mayBe)
    {
        var redactor = new Redactor();
        redactor.Learn(secret);
        redactor.MayBeIn(json).ShouldBe(mayBe);
    }
}
