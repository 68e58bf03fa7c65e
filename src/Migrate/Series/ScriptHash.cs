namespace Lockkeeper.Migrate.Series;

/// <summary>SHA-256 of a script, made when it is first asked for: lint does without, and a series may have ten thousand files.</summary>
internal sealed class ScriptHash : IEquatable<ScriptHash>
{
    private readonly string text;
    private string? value;

    private ScriptHash(string text, string? value) => (this.text, this.value) = (text, value);

    /// <summary>The hash, lower-case hex.</summary>
    public string Value => value ??= TextHash.Of(text);

    /// <summary>The hash of a text.</summary>
    public static ScriptHash Of(string text) => new(text, null);

    /// <summary>One that is known.</summary>
    public static ScriptHash Known(string value) => new("", value);

    public bool Equals(ScriptHash? other) => other is not null && Value == other.Value;

    public override bool Equals(object? obj) => Equals(obj as ScriptHash);

    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);
}
