namespace Lockkeeper.Migrate.Running;

/// <summary>What was seen of the locks of a run's migrations, by their ids.</summary>
internal sealed class LockJournal
{
    private readonly Dictionary<string, LockRecord> records = new(StringComparer.Ordinal);

    /// <summary>Keeps a record; one that says nothing takes no other's place.</summary>
    public void Add(string migration, LockRecord record)
    {
        if (!record.IsEmpty)
            records[migration] = record;
    }

    /// <summary>What was seen of a migration; null for nothing.</summary>
    public LockRecord? Of(string migration) => records.GetValueOrDefault(migration);
}
