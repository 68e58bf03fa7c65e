namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>Every collector, in the order in which a server is asked the first time: what is cheap and says most comes first.</summary>
internal static class AllCollectors
{
    /// <summary>New ones, for one server or one database.</summary>
    /// <param name="texts">Keeps the texts of statements.</param>
    public static IReadOnlyList<ICollector> Create(StatementTexts texts) =>
    [
        Server.Create(),
        Activity.Create(),
        Blocking.Create(),
        Replication.Create(),
        Slots.Create(),
        Wraparound.Create(),
        Archiver.Create(),
        Wal.Create(),
        Checkpoints.Create(),
        InputOutput.Create(),
        Databases.Create(),
        Locks.Create(),
        Vacuums.Create(),
        Settings.Create(),
        DatabaseSizes.Create(),
        Statements.Create(texts),
        texts,
        Tables.Create(),
        Indexes.Create(),
        VacuumDue.Create(),
        InvalidIndexes.Create(),
        Sequences.Create(),
        Sizes.Create(),
        Bloat.Create(),
    ];
}
