using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>A statement of a script that is looked at, with what is known when its turn comes.</summary>
/// <param name="Parsed">The statement and its tree.</param>
/// <param name="Before">What is known of the schema before it runs.</param>
internal sealed record LintedStatement(ParsedStatement Parsed, KnownSchema Before)
{
    private string[]? heldTables;

    /// <summary>The kind of its node: <c>IndexStmt</c>.</summary>
    public string Kind => Parsed.Kind;

    /// <summary>Its node.</summary>
    public TreeNode Node => Parsed.Node;

    /// <summary>What is known of it before it runs.</summary>
    public StatementFacts Facts => Parsed.Facts;

    /// <summary>The full name of the relation that a RangeVar names: with the default schema where none is written.</summary>
    /// <param name="rangeVar">The content of a RangeVar.</param>
    public string NameOf(TreeNode rangeVar) => QualifiedName.Of(rangeVar, Before.DefaultSchema);

    /// <summary>The full name of the relation in a field; null when the field is left out.</summary>
    public string? NameOf(string field) => Node.Node(field) is { } rangeVar ? NameOf(rangeVar) : null;

    /// <summary>The locks that it takes on relations that others may be using.</summary>
    public IEnumerable<HeldLock> LiveLocks() => Facts.Locks
        .Select(held => new HeldLock(held.Mode, held.Relation.Contains('.', StringComparison.Ordinal) ? held.Relation : $"{Before.DefaultSchema}.{held.Relation}"))
        .Where(held => IsLive(held.Relation));

    /// <summary>The live tables that it keeps everybody else from until its transaction ends; not to be changed.</summary>
    public string[] HeldTables => heldTables ??= [.. HeldLocks.Of(this)];

    /// <summary>The full names of what a DROP names.</summary>
    public IEnumerable<string> DroppedNames() => Node.List("objects").Select(item => QualifiedName.Of(NameReplay.NameParts(item), Before.DefaultSchema));

    /// <summary>Whether others may be using a relation: it is not made by the release that is looked at, and not temporary. One that nothing is known of counts as in use.</summary>
    /// <param name="relation">Its full name.</param>
    public bool IsLive(string relation) => Before.Table(relation) is not { } known || (known.CreatedIn != Before.Release && !known.IsTemporary);

    /// <summary>Whether it is a table, or a materialized view, whose rows others may be using: a view and a foreign table have none of their own.</summary>
    /// <param name="relation">Its full name.</param>
    public bool IsLiveTable(string relation) => IsLive(relation) && Before.Table(relation)?.Kind is not (RelationKind.View or RelationKind.ForeignTable);

    /// <summary>The table of an index; null when the index is not known.</summary>
    /// <param name="index">Its full name.</param>
    public string? TableOfIndex(string index) => Before.Indexes.GetValueOrDefault(index)?.Table;

    private string TableBehind(string relation) => TableOfIndex(relation) ?? relation;

    /// <summary>The locks on relations by their full names; those on an index count for its table, where that is known.</summary>
    public IEnumerable<HeldLock> Locks => Facts.Locks.Select(held => new HeldLock(held.Mode, TableBehind(QualifiedName.Full(held.Relation, Before.DefaultSchema))));

    /// <summary>The relation in words with its size where that is known: <c>orders (1.2 million rows)</c>.</summary>
    public string Words(string relation) => Before.Table(relation) is { Rows: { } rows } ? $"{Short(relation)} ({RowWords.Of(rows)})" : Short(relation);

    /// <summary>The relation's name without the default schema.</summary>
    public string Short(string relation) => relation.StartsWith(Before.DefaultSchema + ".", StringComparison.Ordinal) ? relation[(Before.DefaultSchema.Length + 1)..] : relation;

    /// <summary>A finding in this statement.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="message">A lower-case sentence.</param>
    /// <param name="at">The node that it points at; the statement's start when left out.</param>
    /// <param name="subject">The full name of the relation that it is about.</param>
    /// <param name="hint">What to do here; the rule's own advice when left out.</param>
    public Finding Find(RuleInfo rule, string message, TreeNode? at = null, string? subject = null, string? hint = null) =>
        new(rule.Id, rule.Severity, message, Parsed.PositionOf(at), hint ?? rule.Fix) { Subject = subject };
}
