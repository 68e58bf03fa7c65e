using System.Text;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Lint;

/// <summary>A rule of squawk beside ours.</summary>
/// <param name="Id">squawk's id.</param>
/// <param name="Differs">What ours does in another way; shown by decision 0009.</param>
/// <param name="WhyNone">Why none of ours is like it; null when one is.</param>
internal sealed record SquawkRule(string Id, string Differs = "", string? WhyNone = null);

/// <summary>Every rule of squawk 2.66, and the page that puts ours beside them.</summary>
internal static class SquawkRules
{
    private const string Peer = "squawk ";

    /// <summary>Every rule that squawk knows by name.</summary>
    public static IReadOnlyList<SquawkRule> All { get; } =
    [
        new("adding-field-with-default", "speaks of volatile defaults, generated columns and identity; a stable or immutable function such as `now() + interval '1 day'`, `session_user` or `abs(-3)` writes no row"),
        new("adding-foreign-key-constraint", "silent about a new column without a default: the server looks at no row then"),
        new("adding-not-nullable-field", "a validated check counts when it is of this very column; silent where the column refuses NULL already"),
        new("adding-required-field"),
        new("adding-serial-primary-key-field", "two rules; also `PRIMARY KEY USING INDEX` over a column that allows NULL, which reads the table, and identity columns"),
        new("ban-alter-domain-with-add-constraint", "silent with `NOT VALID`, which looks at no row"),
        new("ban-char-field"),
        new("ban-concurrent-index-creation-in-transaction", "every statement that cannot run in a transaction: also dropping, reindexing and detaching concurrently, VACUUM and DROP DATABASE"),
        new("ban-create-domain-with-constraint"),
        new("ban-drop-column"),
        new("ban-drop-database"),
        new("ban-drop-not-null", "silent where the series says that the column allows NULL already"),
        new("ban-drop-table", "silent about a table of the same release"),
        new("ban-duplicate-column-assignments"),
        new("ban-truncate-cascade"),
        new("ban-uncommitted-transaction"),
        new("changing-column-type", "knows the type from before: a wider varchar or numeric writes and reads no row"),
        new("constraint-missing-not-valid", "checks and foreign keys, those of a new column too; primary keys and unique constraints cannot be `NOT VALID` and have rules of their own"),
        new("disallowed-unique-constraint"),
        new("identifier-too-long"),
        new("prefer-bigint-over-int", "keys and what refers to them; not every number"),
        new("prefer-bigint-over-smallint", "keys and what refers to them; not every number"),
        new("prefer-identity"),
        new("prefer-repack", "also before PostgreSQL 19, where the harm is the same and REPACK is missing"),
        new("prefer-robust-stmts", "only in a file without a transaction, and never `IF NOT EXISTS` for an index that is built concurrently: it would pass over an invalid one"),
        new("prefer-text-field"),
        new("prefer-timestamp-tz"),
        new("renaming-column", "also a view's"),
        new("renaming-table", "also views, and `SET SCHEMA`"),
        new("require-concurrent-index-creation", "silent about a table or materialized view of the same release, however it was made"),
        new("require-concurrent-index-deletion"),
        new("require-concurrent-partition-detach"),
        new("require-concurrent-reindex"),
        new("require-enum-value-ordering"),
        new("require-lock-timeout", "only before locks that reads or writes wait for; a limit on an index that is built concurrently would end the build"),
        new("require-statement-timeout", "as above"),
        new("require-table-schema", "also indexes, views, sequences, triggers and TRUNCATE"),
        new("require-timeout-settings", WhyNone: "squawk's older name for its two rules about limits together"),
        new("syntax-error", "PostgreSQL's own grammar"),
        new("transaction-nesting", "silent about one `BEGIN` and `COMMIT` around the whole file, which give way to the migration's own transaction"),
        new("unused-ignore"),
    ];

    /// <summary>squawk's rules that a rule of ours names.</summary>
    public static IEnumerable<string> Of(RuleInfo rule) => rule.Peers.Where(peer => peer.StartsWith(Peer, StringComparison.Ordinal)).Select(peer => peer[Peer.Length..]);

    /// <summary>docs/lint-and-squawk.md.</summary>
    /// <param name="rules">Every rule of ours.</param>
    public static string Page(IReadOnlyList<RuleInfo> rules)
    {
        var page = new StringBuilder();
        page.Append("# Lint and squawk\n\n<!-- Generated from the code: LK_UPDATE_GOLDEN=1 ./test SquawkRules -->\n\n");
        page.Append("The rules of squawk 2.66 beside those of `lk migrate lint`. `bench/lint-agreement` runs both over the same files and shows every kind of disagreement;\n");
        page.Append("[decision 0009](decisions/0009-lint-beside-squawk.md) says who is right, and how the server shows it.\n\n| squawk | lk | what lk does in another way |\n|---|---|---|\n");
        foreach (var rule in All)
        {
            var ours = string.Join(", ", rules.Where(one => Of(one).Contains(rule.Id)).Select(Link));
            page.Append($"| {rule.Id} | {(ours.Length > 0 ? ours : "none")} | {rule.WhyNone ?? rule.Differs} |\n");
        }

        page.Append("\nOnly in lk: ").AppendJoin(", ", rules.Where(one => !Of(one).Any()).Select(Link)).Append(".\n");
        return page.ToString();
    }

    private static string Link(RuleInfo rule) => $"[{rule.Id}](reference/rules.md#{rule.Id})";
}
