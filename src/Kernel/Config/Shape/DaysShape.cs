using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>Days of the week: <c>mon-thu</c>, <c>mon,wed,fri</c>, or a list of either.</summary>
internal sealed class DaysShape : IShape<IReadOnlyList<DayOfWeek>>
{
    private const string Hint = "Write days as mon, tue, wed, thu, fri, sat, sun: a range (mon-thu), several with commas (mon,wed,fri) or a list.";
    private const string DayPattern = "(mon|tue|wed|thu|fri|sat|sun)";
    private const string PartPattern = $"{DayPattern}( *- *{DayPattern})?";
    private const string Pattern = $"^{PartPattern}( *, *{PartPattern})*$";

    private static readonly DayOfWeek[] Week = 
        [DayOfWeek.Sunday, DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday];

    private static readonly string[] Names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public string Words => "days of the week";

    public IShape? Item => null;

    public JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(Text(), new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Text() }),
    };

    public bool TryRead(YamlNode node, string label, Problems problems, out IReadOnlyList<DayOfWeek> value)
    {
        value = [];
        var open = new bool[7];
        IReadOnlyList<YamlNode> parts = node is YamlList list ? list.Items : [node];
        var right = true;
        foreach (var part in parts)
        {
            if (part is YamlScalar scalar && TryAdd(scalar.Text, open))
                continue;
            right = false;
            problems.Add(KernelErrors.ConfigBadValue, part, $"{label} must be {Words}, but it is {ScalarShape.Shown(part)}", Hint);
        }

        if (right && !open.Contains(true))
        {
            problems.Add(KernelErrors.ConfigBadValue, node, $"{label} is an empty list, so the window never opens", "Name at least one day, or take the key out for every day.");
            return false;
        }

        value = Array.FindAll(Week, day => open[(int)day]);
        return right;
    }

    private static JsonObject Text() => new() { ["type"] = "string", ["pattern"] = Pattern };

    private static bool TryAdd(string text, bool[] open)
    {
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            var first = Array.IndexOf(Names, ends[0].Trim());
            var last = Array.IndexOf(Names, ends[^1].Trim());
            if (ends.Length > 2 || first < 0 || last < 0)
                return false;
            // A range may go over the end of the week: fri-mon.
            for (var day = first; ; day = (day + 1) % 7)
            {
                open[day] = true;
                if (day == last)
                    break;
            }
        }

        return true;
    }
}
