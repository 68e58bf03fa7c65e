using System.Text;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate;

public sealed class MigrationScriptTests
{
    [Theory]
    [InlineData("SELECT 1;\r\nSELECT 'ä';\r\n")]
    [InlineData("\uFEFFSELECT 1;\nSELECT 'ä';\n")]
    [InlineData("\uFEFFSELECT 1;\rSELECT 'ä';\r\n")]
    public void byte_order_mark_and_line_ends_do_not_count(string text)
    {
        const string same = "SELECT 1;\nSELECT 'ä';\n";
        var script = Read(Encoding.UTF8.GetBytes(text));
        script.Text.ShouldBe(same);
        script.Sha256.ShouldBe(Read(Encoding.UTF8.GetBytes(same)).Sha256);
        // As sha256sum says of the file with LF line ends.
        script.Sha256.ShouldBe("8498b828a0e467f8833859ece7751ec740d9cbeb6a1fe10858ac691384ab17de");
    }

    [Fact]
    public void any_other_change_counts()
    {
        var sha = Read("SELECT 1;\n"u8).Sha256;
        foreach (var other in (string[])["SELECT 1;", "SELECT 1; \n", "\nSELECT 1;\n", "select 1;\n"])
            Read(Encoding.UTF8.GetBytes(other)).Sha256.ShouldNotBe(sha, other);
    }

    [Fact]
    public void directives_are_read_behind_a_byte_order_mark() => Read("\uFEFF-- lk: no-transaction\r\n-- lk: timeout 1m\r\nVACUUM;"u8).ShouldSatisfyAllConditions(
        script => script.NoTransaction.ShouldBeTrue(),
        script => script.Timeout.ShouldBe(TimeSpan.FromMinutes(1)));

    [Fact]
    public void bytes_that_are_not_utf8_are_refused_with_their_place()
    {
        byte[] bytes = [.. "SELECT 1;\nSELECT 'ä"u8, 0xE4, .. "';\n"u8];
        var refused = Should.Throw<LockkeeperException>(() => Read(bytes));
        refused.Code.ShouldBe(MigrateErrors.NotUtf8);
        refused.At.ShouldBe(new SourcePosition("migrations/a.sql", 2, 10));
    }

    [Fact]
    public void a_file_in_utf16_is_refused() => Should.Throw<LockkeeperException>(() => Read([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("SELECT 1;")])).Code.ShouldBe(MigrateErrors.NotUtf8);

    [Fact]
    public void a_file_that_is_not_there_is_named()
    {
        var refused = Should.Throw<LockkeeperException>(() => MigrationScript.Read("/no/such/file.sql", "migrations/a.sql"));
        refused.Code.ShouldBe(MigrateErrors.FileUnreadable);
        refused.Message.ShouldStartWith("migrations/a.sql cannot be read");
    }

    private static MigrationScript Read(ReadOnlySpan<byte> bytes)
    {
        using var folder = new TestFolder();
        var path = folder.Write("a.sql", "");
        File.WriteAllBytes(path, bytes.ToArray());
        return MigrationScript.Read(path, "migrations/a.sql");
    }
}
