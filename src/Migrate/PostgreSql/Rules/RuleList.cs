using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>Every rule for PostgreSQL, in the order of the reference.</summary>
internal static class RuleList
{
    public static IReadOnlyList<IRule<LintedScript>> All { get; } =
    [
        // Locks that stop an application.
        new RequireConcurrentIndexCreation(),
        new RequireConcurrentIndexDeletion(),
        new RequireConcurrentReindex(),
        new BanConcurrentIndexCreationInTransaction(),
        new IndexOnPartitionedTable(),
        new RequireConcurrentPartitionDetach(),
        new BanVacuumFull(),
        new AddingPrimaryKey(),
        new DisallowedUniqueConstraint(),
        new AddingExclusionConstraint(),
        new AddingForeignKeyConstraint(),
        new AddingNotNullableField(),
        new ConstraintMissingNotValid(),
        new ValidateInSameTransaction(),
        new AddingRequiredField(),
        new AddingFieldWithDefault(),
        new AddingStoredGeneratedColumn(),
        new AddingSerialColumn(),
        new AddingConstrainedDomainColumn(),
        new ChangingColumnType(),
        new AlterTypeWithDependentView(),
        new ChangingTableStorage(),
        new AttachPartitionWithoutCheck(),
        new CreatingPartitionOfLiveTable(),
        new CreatingTriggerOnLiveTable(),
        new RefreshMaterializedViewWithoutConcurrently(),
        new ExplicitLockTable(),
        new StatementsWhileHoldingLock(),
        new DdlAndDmlOnOneTable(),
        new SeveralStrongLocksHeld(),
        new MultipleAlterTable(),

        // Indexes.
        new LockTimeoutOnConcurrentIndex(),
        new IfNotExistsOnConcurrentIndex(),
        new ConcurrentIndexCorruption(),
        new ForeignKeyWithoutIndex(),
        new IndexWithManyColumns(),
        new RedundantIndex(),

        // What works behind the table.
        new TableInPublication(),
        new ReplicaIdentity(),
        new AutovacuumDisabled(),
        new DisablingTrigger(),

        // What a running application still uses.
        new BanDropColumn(),
        new ColumnStillRead(),
        new TableStillRead(),
        new RenamingColumn(),
        new RenamingTable(),
        new RenamingSchema(),
        new BanDropView(),
        new BanDropDefault(),
        new BanDropNotNull(),
        new RenamingEnumValue(),
        new ChangingColumnDefault(),

        // Data that is lost.
        new BanDropTable(),
        new BanDropSchema(),
        new BanDropDatabase(),
        new BanTruncate(),
        new BanTruncateCascade(),
        new DroppingForeignKey(),
        new DeleteWithoutWhere(),
        new UpdateWithoutWhere(),
        new BackfillInOneStatement(),

        // What the server refuses, and transactions.
        new OutOfOrderMigration(),
        new BanDuplicateColumnAssignments(),
        new EnumValueUsedInSameTransaction(),
        new TransactionNesting(),
        new BanUncommittedTransaction(),
        new SessionSettingLeaks(),
        new PreferRobustStmts(),
        new RequireLockTimeout(),
        new RequireStatementTimeout(),

        // Functions and rights.
        new SecurityDefinerWithoutSearchPath(),
        new DynamicSqlConcatenated(),
        new DynamicSqlNotInspectable(),
        new GrantToPublic(),

        // Names and tables.
        new IdentifierTooLong(),
        new MixedCaseIdentifier(),
        new ReservedWordIdentifier(),
        new RequireTableSchema(),
        new TableWithoutPrimaryKey(),
        new ColumnOrderWastesSpace(),

        // Types.
        new PreferTimestamptz(),
        new PreferJsonb(),
        new PreferTextField(),
        new IntegerSequenceExhaustion(),
        new PreferBigintOverInt(),
        new PreferBigintOverSmallint(),
        new PreferIdentity(),
        new BanCharField(),
        new BanMoneyType(),
        new BanCreateDomainWithConstraint(),
        new BanAlterDomainWithAddConstraint(),
        new RequireEnumValueOrdering(),
        new CreatingEnum(),
    ];
}
