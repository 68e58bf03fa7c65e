using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>Finds the directive <c>-- lk: backfill</c> in the comments between a statement and the one before it.</summary>
internal static class BackfillMark
{
    private const string Prefix = "lk:";

    /// <summary>Whether a statement has one, valid or not.</summary>
    public static bool Has(SqlStatement statement)
    {
        try
        {
            return Of(statement) is not null;
        }
        catch (LockkeeperException)
        {
            return true;
        }
    }

    /// <summary>The directive of a statement; null when it has none.</summary>
    /// <exception cref="LockkeeperException">It is not valid, or stands twice.</exception>
    public static BackfillDirective? Of(SqlStatement statement)
    {
        var lead = statement.Lead.Span;
        if (lead.IndexOf(Prefix, StringComparison.OrdinalIgnoreCase) < 0)
            return null;
        BackfillDirective? found = null;
        var line = statement.At.Line - lead.Count('\n') - 1;
        foreach (var characters in lead.EnumerateLines())
        {
            line++;
            var comment = characters.TrimStart();
            if (!comment.StartsWith("--", StringComparison.Ordinal))
                continue;
            var words = comment[2..].Trim();
            if (!words.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || !BackfillDirective.IsOne(words = words[Prefix.Length..].Trim()))
                continue;
            var at = statement.At with { Line = line, Column = characters.Length - comment.Length + 1 };
            if (found is not null)
                throw new LockkeeperException(MigrateErrors.BadDirective, "a second '-- lk: backfill' for one statement", "Put all options into one line.", at);
            found = BackfillDirective.Parse(words, at);
        }

        return found;
    }
}
