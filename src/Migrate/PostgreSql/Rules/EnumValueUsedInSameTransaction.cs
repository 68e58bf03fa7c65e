using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A new value of an enumeration that the same transaction uses.</summary>
internal sealed class EnumValueUsedInSameTransaction : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("enum-value-used-in-same-transaction", "a new value of an enumeration is used before it is committed", Severity.Error, RuleSet.Recommended)
    {
        Why = "The server refuses it: unsafe use of a new value of an enum type. Only a type that the same transaction creates takes it.",
        Fix = "Add the value in a migration of its own, and use it in the next one.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        if (!script.InTransaction)
            yield break;
        for (var index = 0; index < script.Statements.Length; index++)
        {
            var added = script.Statements[index];
            if (added.Kind != "AlterEnumStmt" || added.Node.Text("oldVal") is not null || added.Node.Text("newVal") is not { } value || IsMadeHere(script, added))
                continue;
            foreach (var later in script.Statements.Skip(index + 1))
            {
                // These take the word as text.
                if (later.Kind is "AlterEnumStmt" or "CommentStmt" or "CreateEnumStmt" or "CreateFunctionStmt" or "DoStmt")
                    continue;
                if (TextConstants.Of(later.Node).FirstOrDefault(constant => constant.Node("sval")?.Text("sval") == value) is { } place)
                {
                    yield return later.Find(Info, $"'{value}' is added to {SqlName.Of(added.Node.Strings("typeName"))} in the same transaction, and the server refuses to use it before the commit", place);
                    break;
                }
            }
        }
    }

    private static bool IsMadeHere(LintedScript script, LintedStatement added)
    {
        var type = added.Node.Strings("typeName");
        return script.Of("CreateEnumStmt").Any(made => made.Node.Strings("typeName").SequenceEqual(type));
    }
}
