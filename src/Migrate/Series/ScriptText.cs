namespace Lockkeeper.Migrate.Series;

/// <summary>The text of a script with its placeholders replaced: in memory, or read anew from a large file each time. Two are equal when what they give is.</summary>
internal sealed class ScriptText : IEquatable<ScriptText>
{
    private readonly string? kept;
    private readonly MigrationScript? large;
    private readonly Placeholders? placeholders;

    private ScriptText(string? kept, MigrationScript? large, Placeholders? placeholders) => (this.kept, this.large, this.placeholders) = (kept, large, placeholders);

    /// <summary>Whether it is not in memory.</summary>
    public bool IsLarge => kept is null;

    /// <summary>A text in memory.</summary>
    public static ScriptText Of(string text) => new(text, null, null);

    /// <summary>The text of a script.</summary>
    public static ScriptText Of(MigrationScript script, Placeholders placeholders) =>
        script.Large is null ? Of(placeholders.Replace(script)) : new ScriptText(null, script, placeholders);

    /// <summary>All of it.</summary>
    public string Load() => kept ?? placeholders!.Replace(large!);

    /// <summary>Reads it.</summary>
    public TextReader Open() => kept is not null ? new StringReader(kept) : placeholders!.Open(large!);

    public bool Equals(ScriptText? other) =>
        other is not null && kept == other.kept && ReferenceEquals(large?.Large, other.large?.Large) && placeholders?.Values == other.placeholders?.Values;

    public override bool Equals(object? obj) => Equals(obj as ScriptText);

    public override int GetHashCode() => HashCode.Combine(kept, large?.Sha256);
}
