using System.Text.RegularExpressions;
using Lockkeeper.Backup.Sets;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>Reads what <c>pgbackrest verify</c> writes at the level info (2.45 and later): its exit code says nothing.</summary>
internal static partial class PgBackRestVerify
{
    /// <summary>The damaged parts.</summary>
    public static IReadOnlyList<DamagedPart> Parse(IEnumerable<string> lines)
    {
        var damaged = new List<DamagedPart>();
        foreach (var line in lines)
        {
            if (Set().Match(line) is { Success: true } set && set.Groups["status"].Value != "valid")
                damaged.Add(new DamagedPart([set.Groups["label"].Value], $"the set {set.Groups["label"].Value} is {set.Groups["status"].Value}{set.Groups["more"].Value}"));
            else if (Invalid().Match(line) is { Success: true } invalid)
                damaged.Add(new DamagedPart([], invalid.Value.Trim()));
            else if (Failed().Match(line) is { Success: true } failed)
                damaged.Add(new DamagedPart([], failed.Groups["words"].Value));
        }

        return damaged;
    }

    [GeneratedRegex(@"backup: (?<label>\S+), status: (?<status>[^,]+)(?<more>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Set();

    [GeneratedRegex(@"(?:invalid (?:checksum|size|result)|checksum invalid|size invalid|missing file|unable to read|decryption|decompress|file missing)\b.*$", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Invalid();

    [GeneratedRegex(@"(ERROR|WARN): (?<words>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Failed();
}
