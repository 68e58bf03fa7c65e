using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ALTER TYPE … RENAME VALUE.</summary>
internal sealed class RenamingEnumValue : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("renaming-enum-value", "a value of an enumeration gets another name", Severity.Error, RuleSet.Recommended)
    {
        Why = "A statement that still gives the old name fails, and an application that reads the new one does not know it. While a release is rolled out both happen.",
        Fix = "Add the new value, let the application know both, change the rows in batches, and leave the old value unused.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("AlterEnumStmt"))
        {
            var type = QualifiedName.Of(statement.Node.Strings("typeName"), statement.Before.DefaultSchema);
            if (statement.Node.Text("oldVal") is not { } old || statement.Before.Types.GetValueOrDefault(type) is { CreatedIn: { } created } && created == statement.Before.Release)
                continue;
            yield return statement.Find(Info, $"'{old}' of {statement.Short(type)} is called '{statement.Node.Text("newVal")}' from now on, and a statement that gives '{old}' fails");
        }
    }
}
