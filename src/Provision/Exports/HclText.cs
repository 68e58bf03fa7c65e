using System.Globalization;
using System.Text;

namespace Lockkeeper.Provision.Exports;

/// <summary>
/// Writes HCL as <c>terraform fmt</c> would leave it: two spaces a level, the equals signs of neighbouring lines below one another. Strings are escaped as in HCL's
/// specification (quoted templates), so that nothing in a declaration is taken for an expression.
/// </summary>
internal sealed class HclText
{
    private const int LongestList = 100;

    private readonly StringBuilder text = new();
    private readonly List<(string Name, string Expression)> waiting = [];
    private int level;
    private bool gapNext;

    /// <summary>Whether nothing was written.</summary>
    public bool IsEmpty => text.Length == 0 && waiting.Count == 0;

    /// <summary>An argument; the expression is HCL already.</summary>
    public void Set(string name, string expression) => waiting.Add((name, expression));

    /// <summary>An argument that is left out when there is no expression.</summary>
    public void SetIf(string name, string? expression)
    {
        if (expression is not null)
            Set(name, expression);
    }

    /// <summary>A list in one line while it is short, otherwise with a line for each item and apart from the arguments before and after it.</summary>
    public void SetMany(string name, IReadOnlyList<string> expressions)
    {
        if (expressions.Sum(one => one.Length + 2) <= LongestList)
        {
            Set(name, List(expressions));
            return;
        }

        Gap();
        Line($"{name} = [");
        foreach (var one in expressions)
            Line($"  {one},");
        Line("]");
        gapNext = true;
    }

    /// <summary>An object with a line for each of its attributes.</summary>
    public void SetObject(string name, IReadOnlyList<(string Name, string Expression)> attributes)
    {
        Flush();
        Line($"{name} = {{");
        level++;
        foreach (var (attribute, expression) in attributes)
            Set(attribute, expression);
        Flush();
        level--;
        Line("}");
    }

    /// <summary>A block: its type, and its labels, which are names or any text.</summary>
    public void Block(string type, IReadOnlyList<string> labels, Action body)
    {
        Gap();
        Line(string.Join(' ', [type, .. labels.Select(Quote), "{"]));
        level++;
        body();
        Flush();
        level--;
        Line("}");
    }

    /// <summary>Lines that Terraform does not read.</summary>
    public void Comment(string words)
    {
        Flush();
        // A line break in a name must not end the comment.
        Line("# " + string.Concat(words.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)));
    }

    /// <summary>An empty line, unless a block has just begun.</summary>
    public void Gap()
    {
        Flush();
        var written = text.ToString(Math.Max(0, text.Length - 2), Math.Min(2, text.Length));
        if (text.Length > 0 && written is not ("{\n" or "\n\n"))
            text.Append('\n');
    }

    public override string ToString()
    {
        Flush();
        return text.ToString();
    }

    /// <summary>A text as a quoted template that holds nothing but this text.</summary>
    public static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            var opens = c is '$' or '%' && i + 1 < value.Length && value[i + 1] == '{';
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                // The doubled sign is how people write it; behind another one it would be read the wrong way.
                _ when opens => i > 0 && value[i - 1] == c ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : $"{c}{c}",
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A list in one line.</summary>
    public static string List(IEnumerable<string> expressions) => "[" + string.Join(", ", expressions) + "]";

    /// <summary>A number.</summary>
    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>True or false.</summary>
    public static string Flag(bool value) => value ? "true" : "false";

    private void Flush()
    {
        if (waiting.Count == 0)
            return;
        if (gapNext)
            text.Append('\n');
        var width = waiting.Max(one => one.Name.Length);
        foreach (var (name, expression) in waiting)
            Line($"{name.PadRight(width)} = {expression}");
        waiting.Clear();
    }

    private void Line(string line)
    {
        gapNext = false;
        text.Append(' ', level * 2).Append(line).Append('\n');
    }
}
