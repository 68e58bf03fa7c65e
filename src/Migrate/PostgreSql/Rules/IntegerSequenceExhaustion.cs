using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A table that is changed while its numbers run out.</summary>
internal sealed class IntegerSequenceExhaustion : IRule<LintedScript>
{
    /// <summary>From here on there is time for a change of type in several releases; strong_migrations and pghero warn about there too.</summary>
    private const int WorthKnowing = 50, Urgent = 80;

    public RuleInfo Info { get; } = new("integer-sequence-exhaustion", "a table is changed whose key soon runs out of numbers", Severity.Error, RuleSet.Recommended)
    {
        Why = "By the target's own sequence the key is past half of what its type, or the sequence's MAXVALUE, can hold. When the numbers run out every INSERT fails, and the way out, a wider type, rewrites the table: it takes weeks of preparation on a large one.",
        Fix = "Widen the key before anything else is built on it: ALTER TABLE … ALTER COLUMN … TYPE bigint, which 'lk migrate fix' writes as a second column, filled in batches. Widen a serial's sequence too: ALTER SEQUENCE … AS bigint.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        if (script.Target is null)
            yield break;
        var said = new HashSet<string>(StringComparer.Ordinal);
        foreach (var statement in script.Statements)
        {
            foreach (var table in statement.Locks.Select(held => held.Relation))
            {
                if (statement.Before.Table(table) is not { } known || !said.Add(table))
                    continue;
                foreach (var column in known.Columns.Values.Where(column => column.Sequence is not null).OrderBy(column => column.Name, StringComparer.Ordinal))
                {
                    if (Used(script, table, column) is { } used && used.Percent >= WorthKnowing)
                        yield return Found(statement, table, column, used);
                }
            }
        }
    }

    private Finding Found(LintedStatement statement, string table, KnownColumn column, (long End, int Percent) used)
    {
        var message = string.Create(CultureInfo.InvariantCulture, $"the numbers of {column.Name} of {statement.Words(table)} are at {column.Sequence!.Last:N0} of {used.End:N0} ({used.Percent} %)");
        var finding = statement.Find(Info, message, subject: table);
        return used.Percent >= Urgent ? finding : finding with { Severity = Severity.Warning };
    }

    /// <summary>How much is used up after the script; null when the column, or what bounds it, is widened by it.</summary>
    private static (long End, int Percent)? Used(LintedScript script, string table, KnownColumn column)
    {
        if (script.After.Table(table)?.Columns.GetValueOrDefault(column.Name)?.Type is not { IsArray: false } type)
            return null;
        var end = type.Name switch { "int2" => short.MaxValue, "int4" => int.MaxValue, _ => long.MaxValue };
        var isSequenceWidened = column.Sequence!.IsIdentity && type.Name != column.Type.Name || script.Of("AlterSeqStmt").Any(statement => statement.NameOf("sequence") == column.Sequence.Name);
        if (!isSequenceWidened)
            end = Math.Min(end, column.Sequence.End);
        return (end, (int)((decimal)column.Sequence.Last * 100 / end));
    }
}
