using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.Fix;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>Rewrites migrations for PostgreSQL.</summary>
internal sealed class PostgreSqlFixer : IScriptFixer
{
    private static readonly OwnTransactionFix OwnTransaction = new();

    private static readonly IReadOnlyList<IStatementFix> Fixes = [new IndexFix(), new AlterTableFix(), new BatchFix(), new RenameFix(), OwnTransaction];

    public string Engine => "postgres";

    public IReadOnlyList<ScriptFix> Fix(LintInput input, LintPolicy policy, CancellationToken cancel)
    {
        var fixes = new List<ScriptFix>();
        PostgreSqlLinter.Visit(input, (script, findings) =>
        {
            var counted = policy.Apply(findings).Findings.Where(finding => finding.Severity > Severity.Info).ToList();
            if (counted.Count > 0)
                fixes.Add(Fix(script, counted, runsByUs: input.Series.Format is "lockkeeper" or "plain"));
        }, cancel);
        return fixes;
    }

    private static ScriptFix Fix(LintedScript script, IReadOnlyList<Finding> findings, bool runsByUs)
    {
        var (edits, words, left, later) = (new List<TextEdit>(), new List<string>(), new List<Finding>(), new List<string>());
        var commitsEach = false;
        foreach (var statement in script.Statements)
        {
            var here = findings.Where(finding => IsIn(finding, statement)).ToList();
            if (here.Count == 0)
                continue;
            var rules = here.Select(finding => finding.Rule).ToHashSet(StringComparer.Ordinal);
            var (fix, made) = Fixes.Where(fix => fix.Rules.Any(rules.Contains)).Select(fix => (Fix: fix, Made: fix.Fix(statement, rules))).FirstOrDefault(pair => pair.Made is not null);
            if (made is not null && !runsByUs)
                made = ForItsTool(made, statement);
            if (made is null)
            {
                left.AddRange(here);
                continue;
            }

            var sql = statement.Parsed.Sql;
            var text = string.Join(";\n", made.Statements);
            if (text != statement.Parsed.Text)
                edits.Add(new TextEdit((int)sql.Offset, (int)sql.Offset + sql.Characters.Length, text));
            if (made.Words.Count > 0 || made.Left.Count == 0)
                commitsEach = true;
            words.AddRange(made.Words);
            later.AddRange(made.Later);
            left.AddRange(made.Left.Select(reason => here[0] with { Message = reason, Hint = null }));
            left.AddRange(here.Where(finding => !fix.Rules.Contains(finding.Rule)));
        }

        // Locks that were held through other work are let go when each statement commits by itself.
        if (commitsEach)
            left.RemoveAll(finding => OwnTransaction.Rules.Contains(finding.Rule));
        return new ScriptFix(script.Migration, edits, commitsEach && script.InTransaction) { Words = [.. words.Distinct()], Left = left, Later = later };
    }

    /// <summary>A file of another tool keeps what that tool can run too: its batches are a DO block that commits.</summary>
    private static FixedStatement ForItsTool(FixedStatement made, LintedStatement statement)
    {
        var statements = new List<string>();
        foreach (var text in made.Statements)
        {
            string? reason = null;
            var block = Backfill.Is(text) ? Backfill.Block(text, statement, out reason) : text;
            if (block is null)
                return FixedStatement.Stays(statement, reason!);
            statements.Add(block);
        }

        return made with { Statements = statements };
    }

    private static bool IsIn(Finding finding, LintedStatement statement)
    {
        var (start, end) = (statement.Parsed.Sql.At, statement.Parsed.Sql.PositionOf(int.MaxValue));
        return finding.At is { } at && at.File == start.File
            && (at.Line > start.Line || (at.Line == start.Line && at.Column >= start.Column))
            && (at.Line < end.Line || (at.Line == end.Line && at.Column <= end.Column));
    }
}
