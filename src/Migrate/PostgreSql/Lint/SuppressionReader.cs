using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Reads <c>-- lk: allow RULE: REASON</c>, which holds for the statement that it stands in or before, and <c>-- lk: allow-file RULE: REASON</c>.</summary>
internal static class SuppressionReader
{
    /// <param name="script">The script.</param>
    /// <param name="text">Its text with the placeholders replaced.</param>
    /// <param name="statements">Its statements in order.</param>
    public static IReadOnlyList<Suppression> Read(MigrationScript script, string text, IReadOnlyList<SqlStatement> statements)
    {
        if (!text.Contains("allow", StringComparison.OrdinalIgnoreCase))
            return [];
        var found = new List<Suppression>();
        var line = script.FirstLine - 1;
        foreach (var characters in text.AsSpan().EnumerateLines())
        {
            line++;
            if (!AllowDirective.TryParse(characters, out var directive))
                continue;
            var at = new SourcePosition(script.File, line, directive.Column);
            var (first, last) = directive.IsForFile ? (script.FirstLine, int.MaxValue) : Extent(statements, line);
            found.AddRange(directive.Rules.Select(rule => new Suppression(rule, directive.Reason, at, first, last)));
        }

        return found;
    }

    /// <summary>The lines of the statement that a line stands in or before; the line itself when none follows.</summary>
    private static (int First, int Last) Extent(IReadOnlyList<SqlStatement> statements, int line)
    {
        foreach (var statement in statements)
        {
            var last = statement.At.Line + statement.Characters.Span.Count('\n');
            if (last >= line)
                return (Math.Min(line, statement.At.Line), last);
        }

        return (line, line);
    }
}
