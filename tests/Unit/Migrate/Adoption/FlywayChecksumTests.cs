using Lockkeeper.Migrate.Adoption;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Adoption;

public sealed class FlywayChecksumTests
{
    [Fact]
    public void it_is_zips_crc_32_as_a_signed_number() =>
        // The check value of CRC-32 in every catalogue of checksums: 0xCBF43926 for these nine digits.
        FlywayChecksum.Of("123456789").ShouldBe("-873187034");

    [Fact]
    public void line_ends_do_not_count() => FlywayChecksum.Of("1234\n56789\n").ShouldBe("-873187034");

    [Fact]
    public void an_empty_file_has_zero() => FlywayChecksum.Of("").ShouldBe("0");
}
