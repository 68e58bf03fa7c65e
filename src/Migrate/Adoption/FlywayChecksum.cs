using System.Globalization;
using System.Text;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>Flyway's checksum of a script: CRC-32 over the lines in UTF-8 without their line ends, as a signed 32-bit number.</summary>
/// <remarks>Source: org.flywaydb.core.internal.resolver.ChecksumCalculator, the same from Flyway 6 to 11.</remarks>
internal static class FlywayChecksum
{
    /// <summary>The polynomial of CRC-32 (ISO 3309, the one of zip), with its bits in reverse.</summary>
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Remainder)];

    /// <summary>The checksum in decimal digits.</summary>
    /// <param name="text">The text with LF line ends and without byte order mark. Of a repeatable migration with placeholders replaced, of any other as it is.</param>
    public static string Of(string text) => OfBytes(text.Replace("\n", "", StringComparison.Ordinal));

    /// <summary>The checksums that older versions wrote: over the line ends too, which flyway/flyway#2474 shows for a table that came to 6.0.0 from one.</summary>
    /// <param name="text">As for <see cref="Of"/>.</param>
    public static IEnumerable<string> OlderOf(string text) => [OfBytes(text), OfBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal))];

    private static string OfBytes(string text)
    {
        var crc = uint.MaxValue;
        foreach (var value in Encoding.UTF8.GetBytes(text))
            crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        return unchecked((int)~crc).ToString(CultureInfo.InvariantCulture);
    }

    private static uint Remainder(int value)
    {
        var rest = (uint)value;
        for (var bit = 0; bit < 8; bit++)
            rest = (rest & 1) == 0 ? rest >> 1 : (rest >> 1) ^ Polynomial;
        return rest;
    }
}
