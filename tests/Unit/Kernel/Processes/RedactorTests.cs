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
}
