namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>The command tag of a statement, as the server would send it, without row counts (CreateCommandTag, utility.c).</summary>
internal static class CommandTag
{
    public static string Of(string kind, TreeNode node) => kind switch
    {
        "SelectStmt" => node.Node("intoClause") is null ? "SELECT" : "SELECT INTO",
        "TransactionStmt" => OfTransaction(node.Text("kind")),
        "VariableSetStmt" => node.Text("kind") is "VAR_RESET" or "VAR_RESET_ALL" ? "RESET" : "SET",
        "CreateTableAsStmt" => node.Text("objtype") == "OBJECT_MATVIEW" ? "CREATE MATERIALIZED VIEW" : "CREATE TABLE AS",
        "DropStmt" => $"DROP {ObjectWords(node.Text("removeType"))}",
        "AlterTableStmt" => $"ALTER {ObjectWords(node.Text("objtype"))}",
        "RenameStmt" => $"ALTER {ObjectWords(RenamedType(node))}",
        "AlterObjectSchemaStmt" or "AlterOwnerStmt" or "AlterObjectDependsStmt" => $"ALTER {ObjectWords(node.Text("objectType"))}",
        "AlterTableMoveAllStmt" => $"ALTER {ObjectWords(node.Text("objtype"))}",
        "AlterFunctionStmt" => $"ALTER {ObjectWords(node.Text("objtype"))}",
        "DefineStmt" => $"CREATE {ObjectWords(node.Text("kind"))}",
        "CreateFunctionStmt" => node.Is("is_procedure") ? "CREATE PROCEDURE" : "CREATE FUNCTION",
        "CreateTrigStmt" => "CREATE TRIGGER",
        "GrantStmt" => node.Is("is_grant") ? "GRANT" : "REVOKE",
        "GrantRoleStmt" => node.Is("is_grant") ? "GRANT ROLE" : "REVOKE ROLE",
        "VacuumStmt" => node.Is("is_vacuumcmd") ? "VACUUM" : "ANALYZE",
        "DiscardStmt" => $"DISCARD {(node.Text("target") ?? "DISCARD_ALL")["DISCARD_".Length..]}",
        "DeclareCursorStmt" => "DECLARE CURSOR",
        "ClosePortalStmt" => node.Text("portalname") is null ? "CLOSE CURSOR ALL" : "CLOSE CURSOR",
        "FetchStmt" => node.Is("ismove") ? "MOVE" : "FETCH",
        "DeallocateStmt" => node.Text("name") is null ? "DEALLOCATE ALL" : "DEALLOCATE",
        _ => FixedTags.GetValueOrDefault(kind) ?? Spelled(kind),
    };

    private static readonly Dictionary<string, string> FixedTags = new(StringComparer.Ordinal)
    {
        ["CreateStmt"] = "CREATE TABLE",
        ["IndexStmt"] = "CREATE INDEX",
        ["ViewStmt"] = "CREATE VIEW",
        ["RuleStmt"] = "CREATE RULE",
        ["CreateSeqStmt"] = "CREATE SEQUENCE",
        ["AlterSeqStmt"] = "ALTER SEQUENCE",
        ["CreatedbStmt"] = "CREATE DATABASE",
        ["DropdbStmt"] = "DROP DATABASE",
        ["AlterDatabaseSetStmt"] = "ALTER DATABASE",
        ["AlterDatabaseRefreshCollStmt"] = "ALTER DATABASE",
        ["CreateTableSpaceStmt"] = "CREATE TABLESPACE",
        ["DropTableSpaceStmt"] = "DROP TABLESPACE",
        ["AlterTableSpaceOptionsStmt"] = "ALTER TABLESPACE",
        ["CompositeTypeStmt"] = "CREATE TYPE",
        ["CreateEnumStmt"] = "CREATE TYPE",
        ["CreateRangeStmt"] = "CREATE TYPE",
        ["AlterEnumStmt"] = "ALTER TYPE",
        ["AlterTypeStmt"] = "ALTER TYPE",
        ["CreateStatsStmt"] = "CREATE STATISTICS",
        ["AlterStatsStmt"] = "ALTER STATISTICS",
        ["AlterExtensionContentsStmt"] = "ALTER EXTENSION",
        ["AlterRoleSetStmt"] = "ALTER ROLE",
        ["CreateEventTrigStmt"] = "CREATE EVENT TRIGGER",
        ["AlterEventTrigStmt"] = "ALTER EVENT TRIGGER",
        ["CreatePLangStmt"] = "CREATE LANGUAGE",
        ["CreateFdwStmt"] = "CREATE FOREIGN DATA WRAPPER",
        ["AlterFdwStmt"] = "ALTER FOREIGN DATA WRAPPER",
        ["CreateForeignServerStmt"] = "CREATE SERVER",
        ["AlterForeignServerStmt"] = "ALTER SERVER",
        ["CreateAmStmt"] = "CREATE ACCESS METHOD",
        ["CreateOpClassStmt"] = "CREATE OPERATOR CLASS",
        ["CreateOpFamilyStmt"] = "CREATE OPERATOR FAMILY",
        ["AlterOpFamilyStmt"] = "ALTER OPERATOR FAMILY",
        ["RefreshMatViewStmt"] = "REFRESH MATERIALIZED VIEW",
        ["SecLabelStmt"] = "SECURITY LABEL",
        ["ConstraintsSetStmt"] = "SET CONSTRAINTS",
        ["LockStmt"] = "LOCK TABLE",
        ["TruncateStmt"] = "TRUNCATE TABLE",
        ["CheckPointStmt"] = "CHECKPOINT",
        ["CreateConversionStmt"] = "CREATE CONVERSION",
        ["AlterTSConfigurationStmt"] = "ALTER TEXT SEARCH CONFIGURATION",
        ["AlterTSDictionaryStmt"] = "ALTER TEXT SEARCH DICTIONARY",
    };

    private static string OfTransaction(string? kind) => kind switch
    {
        null or "TRANS_STMT_BEGIN" => "BEGIN",
        "TRANS_STMT_START" => "START TRANSACTION",
        "TRANS_STMT_PREPARE" => "PREPARE TRANSACTION",
        "TRANS_STMT_ROLLBACK_TO" => "ROLLBACK",
        _ => kind["TRANS_STMT_".Length..].Replace('_', ' '),
    };

    /// <summary>A column or a constraint is renamed by ALTER of the relation that it belongs to.</summary>
    private static string? RenamedType(TreeNode node) => node.Text("renameType") switch
    {
        "OBJECT_COLUMN" or "OBJECT_ATTRIBUTE" => node.Text("relationType"),
        "OBJECT_TABCONSTRAINT" => "OBJECT_TABLE",
        "OBJECT_DOMCONSTRAINT" => "OBJECT_DOMAIN",
        var type => type,
    };

    private static string ObjectWords(string? type) => type switch
    {
        null => "OBJECT",
        "OBJECT_MATVIEW" => "MATERIALIZED VIEW",
        "OBJECT_FOREIGN_SERVER" => "SERVER",
        "OBJECT_FDW" => "FOREIGN DATA WRAPPER",
        "OBJECT_OPCLASS" => "OPERATOR CLASS",
        "OBJECT_OPFAMILY" => "OPERATOR FAMILY",
        "OBJECT_STATISTIC_EXT" => "STATISTICS",
        "OBJECT_LARGEOBJECT" => "LARGE OBJECT",
        "OBJECT_TSCONFIGURATION" => "TEXT SEARCH CONFIGURATION",
        "OBJECT_TSDICTIONARY" => "TEXT SEARCH DICTIONARY",
        "OBJECT_TSPARSER" => "TEXT SEARCH PARSER",
        "OBJECT_TSTEMPLATE" => "TEXT SEARCH TEMPLATE",
        _ => type["OBJECT_".Length..].Replace('_', ' '),
    };

    /// <summary>The words of the other kinds are those of the tag: CreateExtensionStmt is CREATE EXTENSION, CommentStmt is COMMENT.</summary>
    private static string Spelled(string kind)
    {
        var name = kind.EndsWith("Stmt", StringComparison.Ordinal) ? kind[..^"Stmt".Length] : kind;
        var words = new System.Text.StringBuilder();
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && words.Length > 0)
                words.Append(' ');
            words.Append(char.ToUpperInvariant(c));
        }

        return words.ToString();
    }
}
