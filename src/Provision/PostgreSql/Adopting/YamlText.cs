using System.Globalization;
using System.Text;

namespace Lockkeeper.Provision.PostgreSql.Adopting;

/// <summary>Writes YAML that people go on editing: two spaces a level, values quoted where a reader might take them for something else.</summary>
internal sealed class YamlText
{
    private readonly StringBuilder text = new();
    private int level;

    public void Comment(string words) => Line("# " + words);

    public void Key(string name, string value) => Line($"{Scalar(name)}: {value}");

    /// <summary>A key with keys below it; nothing is written when nothing stands below.</summary>
    public void Section(string name, Action below)
    {
        var before = text.Length;
        Line($"{Scalar(name)}:");
        var start = text.Length;
        level++;
        below();
        level--;
        if (text.Length == start)
            text.Length = before;
    }

    public void Item(string value) => Line("- " + value);

    public void Blank() => text.Append('\n');

    public override string ToString() => text.ToString();

    public static string Map(IEnumerable<(string Name, string Value)> pairs) => "{ " + string.Join(", ", pairs.Select(pair => $"{Scalar(pair.Name)}: {pair.Value}")) + " }";

    public static string List(IEnumerable<string> items) => "[" + string.Join(", ", items.Select(Scalar)) + "]";

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A text as a YAML scalar.</summary>
    public static string Scalar(string value)
    {
        if (IsPlain(value))
            return value;
        var quoted = new StringBuilder("\"");
        foreach (var c in value)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                _ when char.IsControl(c) => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private static bool IsPlain(string value) =>
        value.Length > 0 && (char.IsAsciiLetter(value[0]) || value[0] == '_')
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/')
        && value.ToLowerInvariant() is not ("true" or "false" or "yes" or "no" or "on" or "off" or "null" or "y" or "n");

    private void Line(string line) => text.Append(' ', level * 2).Append(line).Append('\n');
}
