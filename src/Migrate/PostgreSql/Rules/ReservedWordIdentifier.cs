using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A new name that is a reserved word.</summary>
internal sealed class ReservedWordIdentifier : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("reserved-word-identifier", "a name that is a word of SQL", Severity.Warning, RuleSet.Optional)
    {
        Why = "A reserved word has to stand in double quotes everywhere; without them a statement fails, or means something else: SELECT user FROM t is the name of the session's role.",
        Fix = "Choose another name.",
        Peers = ["Spirit reserved_words", "Bytebase naming"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var name in script.Statements.SelectMany(NewName.In))
        {
            if (SqlName.IsReserved(name.Name))
                yield return name.Find(Info, $"{name.What} \"{name.Name}\" is a reserved word");
        }
    }
}
