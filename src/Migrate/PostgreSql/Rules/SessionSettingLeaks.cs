using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>What outlives the transaction in the session.</summary>
internal sealed class SessionSettingLeaks : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("session-setting-leaks", "a setting, lock or temporary table that outlives the transaction", Severity.Warning, RuleSet.Strict)
    {
        Why = "A pooler in transaction mode gives the server's session to the next client as it was left: with the role, the search_path or the time limit of the migration, or with an advisory lock that nobody frees. lk puts the session back after a file; other tools do not.",
        Fix = "Write SET LOCAL, CREATE TEMP TABLE … ON COMMIT DROP, pg_advisory_xact_lock(), or set_config(…, true).",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        var leaks = script.Statements.Where(statement => statement.Facts.ChangesSession).ToList();
        if (leaks.Count == 0)
            yield break;
        var more = leaks.Count == 1 ? "" : leaks.Count == 2 ? ", and so does another statement here" : $", and so do {leaks.Count - 1} other statements here";
        yield return leaks[0].Find(Info, $"{Words(leaks[0])} outlives the transaction{more}");
    }

    private static string Words(LintedStatement statement) => statement.Kind switch
    {
        "VariableSetStmt" when statement.Node.Text("name") is { } name => $"SET {name}",
        "CreateStmt" or "CreateTableAsStmt" or "ViewStmt" or "CreateSeqStmt" => "the temporary relation",
        "SelectStmt" => "what this call sets or locks",
        _ => statement.Facts.Command,
    };
}
