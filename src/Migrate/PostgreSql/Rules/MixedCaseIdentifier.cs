using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A new name with capital letters.</summary>
internal sealed class MixedCaseIdentifier : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("mixed-case-identifier", "a name that always needs quotes", Severity.Warning, RuleSet.Optional)
    {
        Why = "A name with capital letters has to stand in double quotes everywhere; without them it is another name, in lower case.",
        Fix = "Use lower case with underscores.",
        Peers = ["Atlas NM102", "Bytebase naming"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var name in script.Statements.SelectMany(NewName.In))
        {
            if (name.Name.Any(char.IsUpper))
                yield return name.Find(Info, $"{name.What} \"{name.Name}\" needs double quotes everywhere");
        }
    }
}
