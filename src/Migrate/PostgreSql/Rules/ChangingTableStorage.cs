using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>SET LOGGED, UNLOGGED, ACCESS METHOD and TABLESPACE.</summary>
internal sealed class ChangingTableStorage : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("changing-table-storage", "a table is copied while reads and writes wait", Severity.Error, RuleSet.Recommended)
    {
        Why = "SET LOGGED, SET UNLOGGED and SET ACCESS METHOD write the table and all its indexes anew under ACCESS EXCLUSIVE, SET TABLESPACE copies its files under it. An unlogged table is emptied when the server crashes, and standbys do not have it.",
        Fix = "Make a new table the way it is to be, copy the rows over while a trigger keeps both in step, and swap the names.",
        GrowsWithTable = true,
        Peers = ["Atlas PG307", "Atlas PG311", "eugene E10"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("AlterTableStmt"))
        {
            foreach (var command in statement.Node.List("cmds", "AlterTableCmd"))
            {
                if (Words(command.Text("subtype")) is not { } words || statement.NameOf("relation") is not { } relation)
                    continue;
                var table = statement.TableOfIndex(relation) ?? relation;
                // On a partitioned table these only say what new partitions get.
                if (!statement.IsLiveTable(table) || statement.Before.Table(relation)?.Kind == RelationKind.PartitionedTable)
                    continue;
                yield return statement.Find(Info, $"reads and writes of {statement.Words(table)} wait while {words}", command, table);
            }
        }

        foreach (var statement in script.Of("AlterTableMoveAllStmt"))
            yield return statement.Find(Info, "reads and writes of each table wait while its files are copied to the other tablespace");
    }

    private static string? Words(string? subtype) => subtype switch
    {
        "AT_SetLogged" => "SET LOGGED writes it anew, and all of it into the write-ahead log",
        "AT_SetUnLogged" => "SET UNLOGGED writes it anew",
        "AT_SetAccessMethod" => "SET ACCESS METHOD writes it anew",
        "AT_SetTableSpace" => "its files are copied to the other tablespace",
        _ => null,
    };
}
