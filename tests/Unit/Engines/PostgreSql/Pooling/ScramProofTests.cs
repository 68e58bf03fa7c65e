using Lockkeeper.Engines.PostgreSql.Pooling;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Pooling;

public sealed class ScramProofTests
{
    private const string ServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    private static ScramProof Proof() => new("pencil", "rOprNGfwEbeRWgbNEkqO") { User = "user" };

    [Fact]
    public void it_is_that_of_the_example_in_rfc_7677()
    {
        var proof = Proof();
        proof.First().ShouldBe("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        proof.Final(ServerFirst).ShouldBe("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        proof.IsServer("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").ShouldBeTrue();
        proof.IsServer("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=").ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=not base64,i=4096")]
    public void what_is_not_an_answer_to_ours_is_refused(string serverFirst) => Should.Throw<ConsoleRefusal>(() => Proof().Final(serverFirst));
}
