using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A name of more than 63 bytes.</summary>
internal sealed class IdentifierTooLong : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("identifier-too-long", "a name that the server cuts", Severity.Warning, RuleSet.Recommended)
    {
        Why = "PostgreSQL cuts names to 63 bytes and says so in a notice only. Two long names can become one, and a later file that looks the name up in a catalog does not find it.",
        Fix = "Choose a shorter name.",
        Peers = ["squawk identifier-too-long", "Atlas NM101"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Statements)
        {
            if (!NewName.In(statement).Any(name => LongNames.MayBeCut(name.Name)))
                continue;
            foreach (var (name, cut, at) in LongNames.In(statement))
                yield return new Finding(Info.Id, Info.Severity, $"{name} is cut to {cut}", at, Info.Fix);
        }
    }
}
