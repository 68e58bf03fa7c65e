namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>How two texts of a configuration file differ, for people.</summary>
internal static class TextDifference
{
    private const int MostShown = 12;

    /// <summary>The lines that go and those that come; comments are left out.</summary>
    public static IReadOnlyList<string> Of(string now, string wanted)
    {
        var (before, after) = (Lines(now), Lines(wanted));
        List<string> changed = [.. before.Except(after, StringComparer.Ordinal).Select(line => $"- {line}"), .. after.Except(before, StringComparer.Ordinal).Select(line => $"+ {line}")];
        return changed.Count <= MostShown ? changed : [.. changed.Take(MostShown), $"and {changed.Count - MostShown} more lines"];
    }

    private static List<string> Lines(string text) => [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];
}
