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
