using Lockkeeper.Migrate.Adoption;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Adoption;

public sealed class FlywayChecksumTests
{
    private const string Issue2474 = "alter table location_history add column valid_until timestamp with time zone;\n";

    [Fact]
    public void it_is_zips_crc_32_as_a_signed_number() =>
        // The check value of CRC-32 in every catalogue of checksums: 0xCBF43926 for these nine digits.
        FlywayChecksum.Of("123456789").ShouldBe("-873187034");

    [Fact]
    public void line_ends_do_not_count() => FlywayChecksum.Of("1234\n56789\n").ShouldBe("-873187034");

    [Fact]
    public void it_is_what_the_real_flyway_wrote()
    {
        // flyway/flyway#1560: the table of Flyway 4.1.2.
        FlywayChecksum.Of("DROP TABLE IF EXISTS settings;\nCREATE TABLE IF NOT EXISTS settings (\n    id INTEGER PRIMARY KEY\n);\n").ShouldBe("-723451720");
        // flyway/flyway#2474: 'resolved locally' by Flyway 6.0.0.
        FlywayChecksum.Of(Issue2474).ShouldBe("-1039259818");
    }

    [Fact]
    public void a_checksum_of_an_older_version_is_known() =>
        // flyway/flyway#2474: 'applied to database' by a version before 6.0.0.
        FlywayChecksum.OlderOf(Issue2474).ShouldContain("-1340212107");

    [Fact]
    public void an_empty_file_has_zero() => FlywayChecksum.Of("").ShouldBe("0");
}
