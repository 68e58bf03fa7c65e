using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>NOT VALID and VALIDATE CONSTRAINT in one transaction.</summary>
internal sealed class ValidateInSameTransaction : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("validate-in-same-transaction", "a constraint is validated while its strong lock is still held", Severity.Error, RuleSet.Recommended)
    {
        Why = "ADD CONSTRAINT … NOT VALID keeps its lock until the transaction ends: ACCESS EXCLUSIVE for a check, SHARE ROW EXCLUSIVE on both tables for a foreign key. VALIDATE in the same transaction reads all rows under that lock, which is what NOT VALID was to avoid.",
        Fix = "Put VALIDATE CONSTRAINT into a migration of its own.",
        GrowsWithTable = true,
        Peers = ["squawk constraint-missing-not-valid", "strong_migrations validate_foreign_key", "strong_migrations validate_check_constraint"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        var parts = script.AlterTableParts().ToLookup(part => part.Statement);
        foreach (var block in script.TransactionBlocks())
        {
            var added = new Dictionary<(string Table, string? Name), NewConstraint>();
            foreach (var part in block.Statements.SelectMany(statement => parts[statement]))
            {
                if (part.Subtype == "AT_AddConstraint" && part.Definition("Constraint") is { } constraint && constraint.Is("skip_validation"))
                    added[(part.Table, constraint.Text("conname"))] = new NewConstraint(part, constraint, NewColumn: null);
                else if (part.Subtype == "AT_ValidateConstraint" && part.IsLiveTable && added.TryGetValue((part.Table, part.Name), out var earlier))
                    yield return part.Find(Info, $"{Waiting(earlier)} wait while {part.Name} is validated, because the transaction that added it still holds the lock");
            }
        }
    }

    private static string Waiting(NewConstraint added) => added.Type == "CONSTR_FOREIGN" && added.References is { } other
        ? $"writes to {added.Part.TableWords} and {added.Part.Statement.Words(other)}"
        : $"reads and writes of {added.Part.TableWords}";
}
