namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>A node of the parse tree, with the names that libpg_query gives in JSON. It leaves out fields that are empty, zero or false.</summary>
/// <remarks>A class: the runtime comes with code for lists of those, and would compile it for lists of a struct at each start.</remarks>
public sealed class TreeNode
{
    internal TreeNode(string name, TreeField[] fields) => (Name, Fields) = (name, fields);

    /// <summary>The field that it stands in, of a wrapped node its kind; empty in a list.</summary>
    public string Name { get; }

    /// <summary>Its fields in order; not to be changed.</summary>
    public TreeField[] Fields { get; }

    /// <summary>Whether a field is there.</summary>
    /// <param name="field">The field's name.</param>
    public bool Has(string field) => Find(field).Name is not null;

    /// <summary>A text field; null when it is left out.</summary>
    /// <param name="field">The field's name.</param>
    public string? Text(string field) => Find(field).Text;

    /// <summary>A Boolean field.</summary>
    /// <param name="field">The field's name.</param>
    public bool Is(string field) => Find(field).IsTrue;

    /// <summary>A number field; 0 when it is left out.</summary>
    /// <param name="field">The field's name.</param>
    public int Number(string field) => Find(field).Number;

    /// <summary>A node field; null when it is left out.</summary>
    /// <param name="field">The field's name.</param>
    public TreeNode? Node(string field) => Find(field).Node;

    /// <summary>The items of a list field; none when it is left out.</summary>
    /// <param name="field">The field's name.</param>
    public TreeNode[] List(string field) => Find(field).Items;

    /// <summary>A list of one kind of node, out of their wrappers: <c>{"RangeVar": {…}}</c> gives <c>{…}</c>.</summary>
    /// <param name="field">The list's name.</param>
    /// <param name="kind">The kind of node; others are passed over.</param>
    public TreeNode[] List(string field, string kind)
    {
        var items = List(field);
        if (items.Length == 0)
            return items;
        var (found, count) = (new TreeNode[items.Length], 0);
        foreach (var item in items)
        {
            if (item.Node(kind) is { } inner)
                found[count++] = inner;
        }

        return count == found.Length ? found : found[..count];
    }

    /// <summary>The kind and the content of a wrapped node.</summary>
    /// <remarks>A wrapper is for example <c>{"IndexStmt": {…}}</c>.</remarks>
    public (string Kind, TreeNode Content) Unwrap() => Fields is [{ Node: { } content }, ..] ? (content.Name, content) : ("", this);

    /// <summary>The strings of a list of String nodes, as qualified names are given.</summary>
    /// <param name="field">The list's name.</param>
    public IReadOnlyList<string> Strings(string field)
    {
        var items = List(field, "String");
        if (items.Length == 0)
            return [];
        var strings = new string[items.Length];
        for (var index = 0; index < items.Length; index++)
            strings[index] = items[index].Text("sval") ?? "";
        return strings;
    }

    /// <summary>The relation that a RangeVar names, as written.</summary>
    public string Relation() => SqlName.Of(Text("schemaname"), Text("relname") ?? "");

    private TreeField Find(string name)
    {
        foreach (var field in Fields)
        {
            if (field.Name == name)
                return field;
        }

        return default;
    }
}
