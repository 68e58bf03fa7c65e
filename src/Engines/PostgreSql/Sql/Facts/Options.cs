namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Reads lists of options, such as <c>(CONCURRENTLY, VERBOSE off)</c>.</summary>
public static class Options
{
    /// <summary>Whether an option is written.</summary>
    /// <param name="node">The node.</param>
    /// <param name="field">The list's name.</param>
    /// <param name="name">The option's name.</param>
    public static bool Has(TreeNode node, string field, string name) => Find(node, field, name) is not null;

    /// <summary>Whether a Boolean option is on, by the rules of defGetBoolean: written without a value it is.</summary>
    /// <param name="node">The node.</param>
    /// <param name="field">The list's name.</param>
    /// <param name="name">The option's name.</param>
    /// <param name="unset">What holds when it is not written.</param>
    public static bool IsOn(TreeNode node, string field, string name, bool unset = false)
    {
        if (Find(node, field, name) is not { } option)
            return unset;
        if (option.Node("arg") is not { } value)
            return true;
        var (kind, content) = value.Unwrap();
        return kind switch
        {
            "Integer" => content.Number("ival") != 0,
            "Boolean" => content.Is("boolval"),

            // A word that is no reserved one, such as off, is read as the name of a type.
            "TypeName" => content.Strings("names").LastOrDefault() is not ("off" or "no" or "false"),
            _ => content.Text("sval")?.ToUpperInvariant() is not ("FALSE" or "OFF" or "NO" or "0"),
        };
    }

    /// <summary>The dotted name of an option's value; none when it is not a list of names.</summary>
    /// <param name="node">The node.</param>
    /// <param name="field">The list's name.</param>
    /// <param name="name">The option's name.</param>
    public static IReadOnlyList<string> Names(TreeNode node, string field, string name) =>
        Find(node, field, name)?.Node("arg")?.Node("List")?.Strings("items") ?? [];

    private static TreeNode? Find(TreeNode node, string field, string name)
    {
        TreeNode? found = null;
        foreach (var option in node.List(field, "DefElem"))
        {
            if (option.Text("defname") == name)
                found = option;
        }

        return found;
    }
}
