using System.Diagnostics.CodeAnalysis;

namespace Lockkeeper.Migrate.Series;

/// <summary>A version: numbers separated by dots or underscores, compared number by number; leading zeros and trailing zero parts do not count.</summary>
internal sealed class MigrationVersion : IComparable<MigrationVersion>, IEquatable<MigrationVersion>
{
    private readonly string[] parts;

    private MigrationVersion(string text, string[] parts)
    {
        Text = text;
        this.parts = parts;
    }

    /// <summary>The version as its file spells it.</summary>
    public string Text { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out MigrationVersion? version)
    {
        version = null;
        var numbers = text.Split('.', '_');
        if (numbers.Any(number => number.Length == 0 || !number.All(char.IsAsciiDigit)))
            return false;
        var kept = numbers.Select(number => number.TrimStart('0')).ToList();
        while (kept.Count > 1 && kept[^1].Length == 0)
            kept.RemoveAt(kept.Count - 1);
        version = new MigrationVersion(text, [.. kept]);
        return true;
    }

    public int CompareTo(MigrationVersion? other)
    {
        if (other is null)
            return 1;
        for (var i = 0; i < Math.Max(parts.Length, other.parts.Length); i++)
        {
            var (mine, theirs) = (Part(i), other.Part(i));
            // Without leading zeros the longer number is the greater one: versions may be longer than any integer type.
            var order = mine.Length != theirs.Length ? mine.Length.CompareTo(theirs.Length) : string.CompareOrdinal(mine, theirs);
            if (order != 0)
                return order;
        }

        return 0;
    }

    public bool Equals(MigrationVersion? other) => other is not null && CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as MigrationVersion);

    public override int GetHashCode() => parts.Aggregate(17, HashCode.Combine);

    public override string ToString() => Text;

    private string Part(int index) => index < parts.Length ? parts[index] : "";
}
