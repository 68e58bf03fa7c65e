using System.Text;
using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Finds names that are longer than PostgreSQL keeps. The grammar cuts them itself, so they are looked up in the text.</summary>
internal static partial class LongNames
{
    /// <summary>NAMEDATALEN - 1 of PostgreSQL.</summary>
    private const int MostBytes = 63;

    /// <summary>A character takes at most four bytes, and one that does not fit is left out as a whole.</summary>
    private const int LeastBytesAfterCut = MostBytes - 3;

    /// <summary>Whether a name of the tree may be the start of a longer one.</summary>
    public static bool MayBeCut(string name) => Encoding.UTF8.GetByteCount(name) >= LeastBytesAfterCut;

    /// <summary>The names of a statement that are cut.</summary>
    public static IEnumerable<(string Name, string Cut, SourcePosition At)> In(LintedStatement statement)
    {
        var text = statement.Parsed.Sql.Text;
        var given = NewName.In(statement).Select(name => name.Name).Where(MayBeCut).ToHashSet(StringComparer.Ordinal);
        foreach (Match match in Word().Matches(text))
        {
            var name = match.Value.StartsWith('"') ? match.Value[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : match.Value.ToLowerInvariant();
            if (Encoding.UTF8.GetByteCount(name) <= MostBytes || Cut(name) is not { } cut || !given.Remove(cut))
                continue;
            yield return (name, cut, statement.Parsed.Sql.PositionOf(text[..match.Index].EnumerateRunes().Count()));
        }
    }

    private static string Cut(string name)
    {
        var (kept, bytes) = (0, 0);
        foreach (var rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MostBytes)
                break;
            kept += rune.Utf16SequenceLength;
        }

        return name[..kept];
    }

    [GeneratedRegex("\"(?:[^\"]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*", RegexOptions.CultureInvariant, 2000)]
    private static partial Regex Word();
}
