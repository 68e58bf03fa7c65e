using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A file that comes after what stands behind it.</summary>
internal sealed class OutOfOrderMigration : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("out-of-order-migration", "a new file stands before one that is in place already", Severity.Error, RuleSet.Recommended)
    {
        Why = "Databases that have the later file get them in the other order than databases that are made anew, and the two may end up different. Most tools refuse to run it, so the release stops half-way through the environments.",
        Fix = "Give it a version after the newest one. Where the order makes no difference, 'out_of_order: proven' lets what is proved to be so pass.",
        Peers = ["Atlas non-linear"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        if (script.LaterInPlace is { } later)
            yield return new Finding(Info.Id, Info.Severity, $"it stands before {later.Up.File}, which is in place already", script.Script.At, Info.Fix);
    }
}
