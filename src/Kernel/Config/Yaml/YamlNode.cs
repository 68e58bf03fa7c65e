namespace Lockkeeper.Kernel.Config.Yaml;

/// <summary>A node of a YAML file with the place where it starts, both from 1.</summary>
internal abstract record YamlNode(int Line, int Column)
{
    /// <summary>The file, when it is another than the one that is read, such as a template.</summary>
    public string? File { get; init; }

    /// <summary>What a person calls it, without its value, for "must be a list, but it is …".</summary>
    public abstract string Kind { get; }
}

/// <summary>One value. A plain one has no quotes around it, so it may be a number, a boolean or nothing.</summary>
internal sealed record YamlScalar(string Text, bool IsPlain, int Line, int Column) : YamlNode(Line, Column)
{
    /// <summary>Whether nothing was written, which YAML reads as null.</summary>
    public bool IsNull => IsPlain && (Text is "" or "~" or "null" or "Null" or "NULL");

    public override string Kind => IsNull || Text.Length == 0 ? "empty" : "text";

    /// <summary>The text on one line and short enough for an error.</summary>
    public string Shown
    {
        get
        {
            const int most = 60;
            var head = Text.Length > most ? Text[..most] + "…" : Text;
            return string.Concat(head.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        }
    }
}

/// <summary>Keys with values, in the order of the file; each key stands once.</summary>
internal sealed record YamlMap(IReadOnlyList<YamlEntry> Entries, int Line, int Column) : YamlNode(Line, Column)
{
    public override string Kind => "a map";

    public YamlNode? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key.Text == key)
                return entry.Value;
        }

        return null;
    }
}

/// <summary>A key with its value.</summary>
internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);

/// <summary>Items in the order of the file.</summary>
internal sealed record YamlList(IReadOnlyList<YamlNode> Items, int Line, int Column) : YamlNode(Line, Column)
{
    public override string Kind => "a list";
}
