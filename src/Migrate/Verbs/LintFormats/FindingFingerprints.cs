using System.Security.Cryptography;
using System.Text;

namespace Lockkeeper.Migrate.Verbs.LintFormats;

/// <summary>Marks by which a code host knows a finding again: of its rule, its file and the words of its line, so that they stay when lines above it come or go.</summary>
internal sealed class FindingFingerprints
{
    private readonly Dictionary<string, int> seen = new(StringComparer.Ordinal);

    /// <summary>The mark of the next finding; to be asked in the order of the report.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="file">The file.</param>
    /// <param name="line">The words of its line.</param>
    public string Next(string rule, string file, string line)
    {
        var words = string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var key = $"{rule}\n{file}\n{words}";
        // Two findings of a rule in lines of the same words are told apart by their order.
        var number = seen[key] = seen.GetValueOrDefault(key) + 1;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(number == 1 ? key : $"{key}\n{number}")));
    }
}
