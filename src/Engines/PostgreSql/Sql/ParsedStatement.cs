using System.Text;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>A statement with its parse tree.</summary>
public sealed class ParsedStatement
{
    private readonly string text;
    private readonly Lazy<StatementFacts> facts;

    internal ParsedStatement(SqlStatement sql, string text, TreeNode statement)
    {
        (Sql, this.text) = (sql, text);
        (Kind, Node) = statement.Unwrap();
        facts = new Lazy<StatementFacts>(() => FactFinder.Find(statement));
    }

    /// <summary>The statement.</summary>
    public SqlStatement Sql { get; }

    /// <summary>The kind of its node, in PostgreSQL's words: <c>IndexStmt</c>, <c>AlterTableStmt</c>.</summary>
    public string Kind { get; }

    /// <summary>The content of its node, as libpg_query writes it in JSON.</summary>
    public TreeNode Node { get; }

    /// <summary>What is known of it before it runs.</summary>
    public StatementFacts Facts => facts.Value;

    /// <summary>Why it cannot run inside a transaction block, in plain words; null when it can. Found without its other facts.</summary>
    public string? CannotRunInTransaction => FactFinder.CannotRunInTransaction(Kind, Node);

    /// <summary>Its text.</summary>
    public string Text => text;

    /// <summary>Where a node stands in the file; the statement's start when the tree does not say.</summary>
    /// <param name="node">A node of this tree.</param>
    public SourcePosition PositionOf(TreeNode? node)
    {
        var bytes = Bytes(node);
        if (bytes <= 0)
            return Sql.At;
        var (characters, _) = Before(bytes);
        return Sql.PositionOf(characters);
    }

    /// <summary>Where a node stands in <see cref="Text"/>, in UTF-16 units; 0 when the tree does not say.</summary>
    /// <param name="node">A node of this tree.</param>
    public int OffsetOf(TreeNode? node) => Before(Bytes(node)).Units;

    /// <summary>Locations are bytes of UTF-8 from the start of the statement.</summary>
    private static int Bytes(TreeNode? node) => node?.Number("location") ?? 0;

    /// <summary>The characters and UTF-16 units before a byte.</summary>
    private (int Characters, int Units) Before(int bytes)
    {
        var (characters, units) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
                break;
            characters++;
            units += rune.Utf16SequenceLength;
        }

        return (characters, units);
    }
}
