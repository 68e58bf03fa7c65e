using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>ALTER TABLE: parts that are safe stay together, each of the others becomes its own sequence, in the order of the statement.</summary>
internal sealed class AlterTableFix : IStatementFix
{
    private static readonly IReadOnlyList<IPartFix> Parts =
    [
        new ConstraintFix(), new UniqueFix(), new NotNullFix(), new DetachFix(), new NewColumnFix(), new ColumnTypeFix(),
    ];

    public IReadOnlyList<string> Rules { get; } = [.. Parts.SelectMany(part => part.Rules).Distinct()];

    public FixedStatement? Fix(LintedStatement statement, IReadOnlySet<string> rules)
    {
        if (statement.Kind != "AlterTableStmt" || statement.Node.Text("objtype") != "OBJECT_TABLE" || statement.Node.Node("relation") is not { } relation)
            return null;
        var text = statement.Parsed.Text;
        var start = StatementText.EndOfName(text, statement.Parsed.OffsetOf(relation));
        var ranges = StatementText.Parts(text, start);
        var commands = statement.Node.List("cmds", "AlterTableCmd").ToList();
        if (ranges.Count != commands.Count)
            return null;
        var table = new AlteredTable(statement, statement.NameOf(relation), text[..start].TrimEnd(), relation.Relation());
        var (statements, kept, words, left) = (new List<string>(), new List<string>(), new List<string>(), new List<string>());
        for (var i = 0; i < commands.Count; i++)
        {
            var part = new AlterTablePart(statement, table.Name, commands[i].Text("subtype") ?? "", commands[i]);
            var fix = Parts.Where(candidate => candidate.Rules.Any(rules.Contains)).Select(candidate => candidate.Fix(part, text[ranges[i]], ranges[i].Start.Value, table)).FirstOrDefault(made => made is not null);
            left.AddRange(fix?.Left ?? []);
            if (fix is null || fix.Statements.Count == 0)
            {
                kept.Add(text[ranges[i]]);
                continue;
            }

            Flush();
            statements.AddRange(fix.Statements);
            words.AddRange(fix.Words);
        }

        Flush();
        return words.Count == 0 && left.Count == 0 ? null : new FixedStatement(statements, words) { Left = left };

        void Flush()
        {
            if (kept.Count > 0)
                statements.Add($"{table.Prefix} {string.Join(",\n    ", kept)}");
            kept.Clear();
        }
    }
}

/// <summary>The table of a statement that is rewritten.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Name">The table's full name.</param>
/// <param name="Prefix">The statement up to its first part: <c>ALTER TABLE ONLY orders</c>.</param>
/// <param name="Written">The table's name as written, quoted where it must be.</param>
internal sealed record AlteredTable(LintedStatement Statement, string Name, string Prefix, string Written)
{
    /// <summary>The table's own name without its schema, as it is in the catalog.</summary>
    public string Bare => Statement.Node.Node("relation")?.Text("relname") ?? "";

    /// <summary>What is known of it.</summary>
    public KnownTable? Known => Statement.Before.Table(Name);

    /// <summary>A statement with one part.</summary>
    public string Alter(string part) => $"{Prefix} {part}";

    /// <summary>A name of ours for something of this table, within the 63 bytes that PostgreSQL keeps of a name.</summary>
    public string NameFor(string what)
    {
        const int longest = 63;
        var name = $"{Bare}_{what}";
        return SqlName.Of(name.Length <= longest ? name : $"{Bare[..Math.Max(1, longest - what.Length - 1)]}_{what}");
    }
}

/// <summary>Rewrites one part of an ALTER TABLE.</summary>
internal interface IPartFix
{
    /// <summary>The rules whose findings it takes care of.</summary>
    IReadOnlyList<string> Rules { get; }

    /// <summary>Rewrites a part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="text">Its text.</param>
    /// <param name="offset">Where it stands in the statement, in UTF-16 units.</param>
    /// <param name="table">The table.</param>
    /// <returns>The safe sequence, without statements when the part has to stay; null when this fix has nothing to say about it.</returns>
    FixedStatement? Fix(AlterTablePart part, string text, int offset, AlteredTable table);
}
