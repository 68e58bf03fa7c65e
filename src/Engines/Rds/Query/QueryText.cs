using System.Text;

namespace Lockkeeper.Engines.Rds.Query;

/// <summary>Writes the parameters of a call as the Query protocol has them: one flat form, lists numbered from 1.</summary>
public static class QueryText
{
    /// <summary>The items of a list: <c>Tags.Tag.1</c>, <c>Tags.Tag.2</c>.</summary>
    /// <param name="name">The list with the name of its members, such as <c>VpcSecurityGroupIds.VpcSecurityGroupId</c>.</param>
    /// <param name="items">The items.</param>
    public static IEnumerable<KeyValuePair<string, string>> List(string name, IEnumerable<string> items) => items.Select((item, index) => new KeyValuePair<string, string>($"{name}.{index + 1}", item));

    /// <summary>The items of a list of structures: <c>Tags.Tag.1.Key</c>.</summary>
    /// <param name="name">The list with the name of its members.</param>
    /// <param name="items">The fields of each item.</param>
    public static IEnumerable<KeyValuePair<string, string>> Structures(string name, IEnumerable<IReadOnlyList<KeyValuePair<string, string>>> items) =>
        items.SelectMany((item, index) => item.Select(field => new KeyValuePair<string, string>($"{name}.{index + 1}.{field.Key}", field.Value)));

    /// <summary>The form that is sent.</summary>
    internal static string Form(string action, string version, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var form = new StringBuilder("Action=").Append(action).Append("&Version=").Append(version);
        foreach (var (name, value) in parameters)
            form.Append('&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        return form.ToString();
    }
}
