using System.Text;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Reads the JSON that libpg_query writes, in one pass and without recursion: a tree can be very large and very deep.</summary>
internal unsafe ref struct TreeReader
{
    private readonly byte* json;
    private readonly int deepest;
    private int at;
    private Open[] open = new Open[32];
    private int depth;

    /// <summary>The fields and items of what is open, one container's behind the other's.</summary>
    private TreeField[] pending = new TreeField[64];
    private int count;

    private TreeReader(byte* json, int deepest)
    {
        this.json = json;
        this.deepest = deepest;
    }

    /// <summary>Reads a tree.</summary>
    /// <param name="json">What libpg_query wrote, with a zero byte at its end.</param>
    /// <param name="deepest">How deep the JSON may be.</param>
    /// <returns>Its root; null when it is deeper.</returns>
    public static TreeNode? Read(byte* json, int deepest) => new TreeReader(json, deepest).Read();

    private TreeNode? Read()
    {
        var name = "";
        while (true)
        {
            switch (json[at])
            {
                case (byte)'{' or (byte)'[':
                    if (!Enter(name, json[at++] == '['))
                        return null;
                    name = "";
                    break;
                case (byte)'}' or (byte)']':
                    at++;
                    var closed = Leave();
                    if (depth == 0)
                        return closed.Node;
                    Add(closed);
                    break;
                case (byte)'"':
                    var text = ReadText();
                    if (json[at] != ':')
                    {
                        Add(TreeField.Of(name, text));
                        break;
                    }

                    at++;
                    name = text;
                    break;
                case (byte)'t' or (byte)'f':
                    Add(TreeField.Of(name, json[at] == 't'));
                    PassWord();
                    break;
                case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                    Add(TreeField.Of(name, ReadNumber()));
                    break;
                case 0:
                    throw new InvalidOperationException("libpg_query's tree ends too early");
                default:
                    at++;
                    break;
            }
        }
    }

    private bool Enter(string name, bool isList)
    {
        if (depth == deepest)
            return false;
        if (depth == open.Length)
            Array.Resize(ref open, depth * 2);
        open[depth++] = new Open(name, count, isList);
        return true;
    }

    private TreeField Leave()
    {
        var (name, first, isList) = open[--depth];
        var length = count - first;
        count = first;
        if (!isList)
        {
            var fields = new TreeField[length];
            Array.Copy(pending, first, fields, 0, length);
            return TreeField.Of(new TreeNode(name, fields));
        }

        var items = new TreeNode[length];
        for (var index = 0; index < length; index++)
            items[index] = pending[first + index].Node ?? new TreeNode("", []);
        return TreeField.Of(name, items);
    }

    private void Add(TreeField field)
    {
        if (count == pending.Length)
            Array.Resize(ref pending, count * 2);
        pending[count++] = field;
    }

    private void PassWord()
    {
        while (json[at] is >= (byte)'a' and <= (byte)'z')
            at++;
    }

    private int ReadNumber()
    {
        var isNegative = json[at] == '-';
        if (isNegative)
            at++;
        var number = 0;
        for (; json[at] is >= (byte)'0' and <= (byte)'9'; at++)
            number = unchecked((number * 10) + json[at] - '0');
        return isNegative ? -number : number;
    }

    /// <summary>The text that starts at a quotation mark; goes behind the one that ends it.</summary>
    private string ReadText()
    {
        var start = ++at;
        uint hash = 0;
        byte next;
        while ((next = json[at]) is not ((byte)'"' or (byte)'\\' or 0))
        {
            hash = (hash * 31) + next;
            at++;
        }

        if (next == '"')
            return KnownTexts.Get(new ReadOnlySpan<byte>(json + start, at++ - start), hash);
        var text = new StringBuilder();
        while (next == '\\')
        {
            text.Append(Encoding.UTF8.GetString(json + start, at - start)).Append(ReadEscape());
            start = at;
            while ((next = json[at]) is not ((byte)'"' or (byte)'\\' or 0))
                at++;
        }

        return text.Append(Encoding.UTF8.GetString(json + start, at++ - start)).ToString();
    }

    private char ReadEscape()
    {
        var c = (char)json[at + 1];
        at += 2;
        switch (c)
        {
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case 'r':
                return '\r';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'u':
                var code = 0;
                for (var end = at + 4; at < end; at++)
                    code = (code << 4) | Convert.FromHexString([(char)json[at], '0'])[0] >> 4;
                return (char)code;
            default:
                return c;
        }
    }

    /// <summary>An object or list whose end has not been read.</summary>
    /// <param name="Name">The field that it stands in.</param>
    /// <param name="First">Where its fields start among the pending ones.</param>
    /// <param name="IsList">Whether it is a list.</param>
    private readonly record struct Open(string Name, int First, bool IsList);
}
