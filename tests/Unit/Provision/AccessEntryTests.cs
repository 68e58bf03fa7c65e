using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Provision.PostgreSql.Comparing;
using Lockkeeper.Provision.PostgreSql.Reading;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Provision;

/// <summary>Access control lists as the catalog has them, and what is kept of passwords.</summary>
public sealed class AccessEntryTests
{
    [Fact]
    public void an_entry_is_read_with_who_granted_what_to_whom()
    {
        AccessEntry.Read(["app=r*w/owner", "=X/owner"]).ShouldBe([new("app", "SELECT", Grantable: true, "owner"), new("app", "UPDATE", Grantable: false, "owner"), new("public", "EXECUTE", Grantable: false, "owner")]);
        AccessEntry.Read(["\"Odd \"\"=/ Name\"=U/\"on/er\""]).ShouldBe([new("Odd \"=/ Name", "USAGE", Grantable: false, "on/er")]);
    }

    [Fact]
    public void any_name_comes_back_as_it_went_in() => Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyString>(), name =>
    {
        var text = name.Get.Replace("\0", "", StringComparison.Ordinal);
        if (text.Length == 0)
            return true;
        var quoted = "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        var entry = AccessEntry.Read([$"{quoted}=rw/{quoted}"]).ToList();
        return entry.Count == 2 && entry.All(one => one.Grantee == text && one.Grantor == text);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void a_verifier_fits_its_password_and_no_other()
    {
        var verifier = ScramVerifier.Of("correct horse");
        verifier.ShouldStartWith("SCRAM-SHA-256$4096:");
        ScramVerifier.Fits(verifier, "correct horse").ShouldBeTrue();
        ScramVerifier.Fits(verifier, "correct horsf").ShouldBeFalse();
        ScramVerifier.Of("correct horse").ShouldNotBe(verifier, "each has a salt of its own");
        ScramVerifier.Fits("md5c4ca4238a0b923820dcc509a6f75849b", "1").ShouldBeFalse("an MD5 one is to be replaced");
        ScramVerifier.Fits(null, "x").ShouldBeFalse();
    }
}
