namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>A field of a node of the parse tree.</summary>
public readonly struct TreeField
{
    private static readonly object True = new();

    private readonly object? value;

    private TreeField(string name, object? value, int number) => (Name, this.value, Number) = (name, value, number);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its number; 0 when it is none.</summary>
    public int Number { get; }

    /// <summary>Its text; null when it is none.</summary>
    public string? Text => value as string;

    /// <summary>Whether it is the Boolean true.</summary>
    public bool IsTrue => value == True;

    /// <summary>Its node; null when it is none.</summary>
    public TreeNode? Node => value as TreeNode;

    /// <summary>The items of its list; none when it is no list.</summary>
    public TreeNode[] Items => value as TreeNode[] ?? [];

    internal static TreeField Of(string name, string text) => new(name, text, 0);

    internal static TreeField Of(string name, int number) => new(name, null, number);

    internal static TreeField Of(string name, bool isTrue) => new(name, isTrue ? True : null, 0);

    internal static TreeField Of(TreeNode node) => new(node.Name, node, 0);

    internal static TreeField Of(string name, TreeNode[] items) => new(name, items, 0);
}
