using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>DROP DEFAULT of a column that refuses NULL.</summary>
internal sealed class BanDropDefault : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-drop-default", "a column that refuses NULL loses its default", Severity.Warning, RuleSet.Recommended)
    {
        Why = "An INSERT that leaves the column out fails from now on, and the old version of the application sends such ones until it is gone.",
        Fix = "Release an application that always gives the value first; then drop the default, and say so: '-- lk: allow ban-drop-default: every version since VERSION gives it'.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            var drops = part.Subtype is "AT_DropIdentity" || (part.Subtype == "AT_ColumnDefault" && part.Command.Node("def") is null);
            if (drops && part.IsLive && part.KnownColumn is { NotNull: true, HasDefault: true } && !GetsAnother(script, part))
                yield return part.Find(Info, $"an INSERT into {part.TableWords} that leaves {part.Name} out fails from now on");
        }
    }

    /// <summary>A type can often be changed only while there is no default.</summary>
    private static bool GetsAnother(LintedScript script, AlterTablePart dropped) => script.AlterTableParts().Any(part =>
        part.Table == dropped.Table && part.Name == dropped.Name && (part.Subtype == "AT_AddIdentity" || (part.Subtype == "AT_ColumnDefault" && part.Command.Node("def") is not null)));
}
