using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

public sealed class SecretTextTests
{
    [Theory]
    [InlineData("plain", "Literal(plain)")]
    [InlineData("", "")]
    [InlineData("${env:DEV_URL}", "Environment(DEV_URL)")]
    [InlineData("${file:/run/secrets/prod url}", "File(/run/secrets/prod url)")]
    [InlineData("${exec:vault kv get -field=url secret/prod}", "Command(vault kv get -field=url secret/prod)")]
    [InlineData("postgres://app:${env:PW}@db/${env:DB}", "Literal(postgres://app:) Environment(PW) Literal(@db/) Environment(DB)")]
    [InlineData("${env:A}${env:B}", "Environment(A) Environment(B)")]
    [InlineData("${exec:awk '{ print $1 }' f | sed 's/:/${x}/'}", "Command(awk '{ print $1 }' f | sed 's/:/${x}/')")]
    [InlineData("$${env:A}", "Literal(${env:A})")]
    [InlineData("a$b$$c{d}", "Literal(a$b$$c{d})")]
    [InlineData("$$${env:A}", "Literal($${env:A})")]
    public void text_is_split_into_literals_and_references(string text, string parts) =>
        string.Join(' ', SecretText.Parse(text).Select(part => $"{part.Kind}({part.Text})")).ShouldBe(parts);

    [Theory]
    [InlineData("${env:A", "a secret reference has no closing brace")]
    [InlineData("${", "a secret reference has no closing brace")]
    [InlineData("${exec:echo {}", "a secret reference has no closing brace")]
    [InlineData("${}", "a secret reference does not name what to read")]
    [InlineData("${env:}", "a secret reference does not name what to read")]
    [InlineData("${DEV_URL}", "a secret reference does not name what to read")]
    [InlineData("${vault:secret/prod}", "'vault' is not a source of secrets")]
    [InlineData("${ENV:A}", "a secret reference has an unknown source")]
    public void a_wrong_reference_says_how_to_write_one(string text, string message)
    {
        var error = Should.Throw<LockkeeperException>(() => SecretText.Parse(text));
        error.Code.ShouldBe(KernelErrors.SecretSyntax);
        error.Message.ShouldBe(message);
        error.Hint.ShouldBe("Write ${env:NAME}, ${file:PATH} or ${exec:COMMAND}; $${ stands for a literal ${.");
    }

    [Theory]
    [InlineData("postgres://app:pw${hunter2}@db/shop")]
    [InlineData("postgres://app:pw${hunter22:x}@db/shop")]
    [InlineData("postgres://app:pw${hunter2@db/shop")]
    public void a_password_that_looks_like_a_reference_is_not_repeated(string text) =>
        Should.Throw<LockkeeperException>(() => SecretText.Parse(text)).Message.ShouldNotContain("hunter2");

    [Fact]
    public void any_text_is_split_or_refused_and_nothing_else()
    {
        var texts = Gen.OneOf(Gen.Elements("${", "$${", "$", "{", "}", ":", "env", "env:", "file:", "exec:", "a", "\n", "\0", "é"), ArbMap.Default.GeneratorFor<string>().Where(text => text is not null)).ListOf().Select(parts => string.Concat(parts));
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5_000), Prop.ForAll(Arb.From(texts), text =>
        {
            try
            {
                return SecretText.Parse(text).All(part => part.Text.Length > 0);
            }
            catch (LockkeeperException e)
            {
                return e.Code == KernelErrors.SecretSyntax;
            }
        }));
    }

    [Fact]
    public void an_escaped_text_comes_back_as_it_was() =>
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(
            Arb.From(Gen.Elements("${", "$", "{", "}", "env:A", "x").ListOf().Select(parts => string.Concat(parts))),
            text => string.Concat(SecretText.Parse(text.Replace("${", "$${", StringComparison.Ordinal)).Select(part => part.Kind == SecretKind.Literal ? part.Text : "!")) == text));
}
