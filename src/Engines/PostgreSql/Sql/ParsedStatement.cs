using System.Text;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>A statement with its parse tree.</summary>
public sealed class ParsedStatement
{
    private readonly string text;
    private readonly Lazy<StatementFacts> facts;
    private Place last;

    internal ParsedStatement(SqlStatement sql, string text, TreeNode statement)
    {
        (Sql, this.text, last) = (sql, text, new Place(0, 0, sql.At.Line, sql.At.Column));
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
        if (Sql.IsGenerated)
            return Sql.At;
        var place = Before(bytes);
        return Sql.At with { Line = place.Line, Column = place.Column };
    }

    /// <summary>Where a node stands in <see cref="Text"/>, in UTF-16 units; 0 when the tree does not say.</summary>
    /// <param name="node">A node of this tree.</param>
    public int OffsetOf(TreeNode? node) => Before(Bytes(node)).Units;

    /// <summary>Locations are bytes of UTF-8 from the start of the statement.</summary>
    private static int Bytes(TreeNode? node) => node?.Number("location") ?? 0;

    /// <summary>The place before a byte. Whoever walks through a long statement asks for one place after the other, so it is counted on from the last one.</summary>
    private Place Before(int bytes)
    {
        var from = last.Bytes <= bytes ? last : new Place(0, 0, Sql.At.Line, Sql.At.Column);
        var (passed, units, line, column) = (from.Bytes, from.Units, from.Line, from.Column);
        foreach (var rune in text.AsSpan(units).EnumerateRunes())
        {
            if (passed + rune.Utf8SequenceLength > bytes)
                break;
            passed += rune.Utf8SequenceLength;
            units += rune.Utf16SequenceLength;
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + 1);
        }

        return last = new Place(passed, units, line, column);
    }

    /// <summary>A place in the text: bytes of UTF-8 and UTF-16 units before it, and its line and column in the file.</summary>
    private sealed record Place(int Bytes, int Units, int Line, int Column);
}
