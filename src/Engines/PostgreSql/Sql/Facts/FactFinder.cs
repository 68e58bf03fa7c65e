namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Finds the facts of a parsed statement: asks each family of statements, and most have nothing to say.</summary>
internal static class FactFinder
{
    /// <param name="statement">A statement in its wrapper, for example <c>{"IndexStmt": {…}}</c>.</param>
    public static StatementFacts Find(TreeNode statement)
    {
        var (kind, node) = statement.Unwrap();
        var facts = new FactCollector();
        TransactionFacts.Add(kind, node, facts);
        TransactionBlockFacts.Add(kind, node, facts);
        SessionFacts.Add(kind, node, facts);
        QueryFacts.Add(kind, node, facts);
        CreateFacts.Add(kind, node, facts);
        DropFacts.Add(kind, node, facts);
        AlterTableFacts.Add(kind, node, facts);
        AlterFacts.Add(kind, node, facts);
        IndexFacts.Add(kind, node, facts);
        SharedObjectFacts.Add(kind, node, facts);
        MaintenanceFacts.Add(kind, node, facts);
        return facts.Facts(CommandTag.Of(kind, node));
    }

    /// <summary>Why a statement cannot run inside a transaction block; null when it can.</summary>
    public static string? CannotRunInTransaction(string kind, TreeNode node)
    {
        var facts = new FactCollector();
        TransactionBlockFacts.Add(kind, node, facts);
        return facts.CannotRunInTransaction;
    }
}
