using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>SECURITY DEFINER without SET search_path.</summary>
internal sealed class SecurityDefinerWithoutSearchPath : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("security-definer-without-search-path", "a function with its owner's rights and the caller's search_path", Severity.Warning, RuleSet.Recommended)
    {
        Why = "Whoever calls it chooses which tables, functions and operators its unqualified names mean, and it runs them with the rights of its owner.",
        Fix = "Add SET search_path = pg_catalog, pg_temp (and the schemas that it needs, before pg_temp) to the function.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Statements)
        {
            var (options, name) = statement.Kind switch
            {
                "CreateFunctionStmt" => (statement.Node.List("options", "DefElem").ToList(), SqlName.Of(statement.Node.Strings("funcname"))),
                "AlterFunctionStmt" when statement.Node.Node("func") is { } function => (statement.Node.List("actions", "DefElem").ToList(), SqlName.Of(function.Strings("objname"))),
                _ => ([], ""),
            };
            var definer = options.FirstOrDefault(option => option.Text("defname") == "security" && option.Node("arg")?.Node("Boolean")?.Is("boolval") == true);
            if (definer is not null && !options.Any(SetsPath) && !SetLater(script, name))
                yield return statement.Find(Info, $"{name} runs with its owner's rights and its caller's search_path", definer);
        }
    }

    private static bool SetsPath(TreeNode option) =>
        option.Text("defname") == "set" && option.Node("arg")?.Node("VariableSetStmt") is { } set && set.Text("name") == "search_path";

    private static bool SetLater(LintedScript script, string name) => script.Of("AlterFunctionStmt").Any(alter =>
        alter.Node.Node("func") is { } function && SqlName.Of(function.Strings("objname")) == name && alter.Node.List("actions", "DefElem").Any(SetsPath));
}
