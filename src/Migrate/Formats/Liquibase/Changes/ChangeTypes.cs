namespace Lockkeeper.Migrate.Formats.Liquibase.Changes;

/// <summary>The change types that are covered.</summary>
internal static class ChangeTypes
{
    private static readonly Dictionary<string, Func<ChangeContext, Change>> All = new(StringComparer.Ordinal)
    {
        ["createTable"] = TableChanges.CreateTable,
        ["dropTable"] = TableChanges.DropTable,
        ["renameTable"] = TableChanges.RenameTable,
        ["setTableRemarks"] = TableChanges.SetTableRemarks,
        ["addColumn"] = ColumnChanges.AddColumn,
        ["dropColumn"] = ColumnChanges.DropColumn,
        ["renameColumn"] = ColumnChanges.RenameColumn,
        ["modifyDataType"] = ColumnChanges.ModifyDataType,
        ["setColumnRemarks"] = ColumnChanges.SetColumnRemarks,
        ["addAutoIncrement"] = ColumnChanges.AddAutoIncrement,
        ["addNotNullConstraint"] = ColumnChanges.AddNotNull,
        ["dropNotNullConstraint"] = ColumnChanges.DropNotNull,
        ["addDefaultValue"] = ColumnChanges.AddDefault,
        ["dropDefaultValue"] = ColumnChanges.DropDefault,
        ["addPrimaryKey"] = ConstraintChanges.AddPrimaryKey,
        ["dropPrimaryKey"] = ConstraintChanges.DropPrimaryKey,
        ["addUniqueConstraint"] = ConstraintChanges.AddUnique,
        ["dropUniqueConstraint"] = ConstraintChanges.DropUnique,
        ["addForeignKeyConstraint"] = ConstraintChanges.AddForeignKey,
        ["dropForeignKeyConstraint"] = ConstraintChanges.DropForeignKey,
        ["dropAllForeignKeyConstraints"] = ConstraintChanges.DropAllForeignKeys,
        ["createIndex"] = ConstraintChanges.CreateIndex,
        ["dropIndex"] = ConstraintChanges.DropIndex,
        ["createSequence"] = SequenceChanges.Create,
        ["dropSequence"] = SequenceChanges.Drop,
        ["alterSequence"] = SequenceChanges.Alter,
        ["renameSequence"] = SequenceChanges.Rename,
        ["createView"] = ViewChanges.CreateView,
        ["dropView"] = ViewChanges.DropView,
        ["renameView"] = ViewChanges.RenameView,
        ["createProcedure"] = ViewChanges.CreateProcedure,
        ["dropProcedure"] = ViewChanges.DropProcedure,
        ["insert"] = DataChanges.Insert,
        ["update"] = DataChanges.Update,
        ["delete"] = DataChanges.Delete,
        ["loadData"] = LoadData.Of,
        ["sql"] = SqlChanges.Sql,
        ["sqlFile"] = SqlChanges.SqlFile,
        ["tagDatabase"] = SqlChanges.Nothing,
        ["empty"] = SqlChanges.Nothing,
        ["output"] = SqlChanges.Nothing,
    };

    /// <summary>Whether a name is one of a change type that is covered.</summary>
    public static bool Knows(string name) => All.ContainsKey(name);

    /// <summary>Makes the change of an element.</summary>
    public static Change Read(ChangeContext context)
    {
        if (!All.TryGetValue(context.Fields.Name, out var read))
            throw ChangelogFile.NotCovered($"the change type {context.Fields.Name}", "Write it as a sql change.", context.Fields.At);
        var change = read(context);
        context.Fields.Close();
        return change;
    }
}
