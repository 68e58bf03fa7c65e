using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A column of type timestamp without time zone.</summary>
internal sealed class PreferTimestamptz : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("prefer-timestamptz", "a point in time without its time zone", Severity.Warning, RuleSet.Strict)
    {
        Why = "timestamp keeps what a clock showed and not where it hung: two clients in different zones read different moments from it.",
        Fix = "Use timestamptz; it takes the same eight bytes.",
        Peers = ["squawk prefer-timestamp-tz"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var column in script.ColumnDefinitions())
        {
            if (column.Type is { Name: "timestamp" })
                yield return column.Find(Info, $"column {column.Name} of {column.TableWords} is a timestamp without time zone");
        }
    }
}
