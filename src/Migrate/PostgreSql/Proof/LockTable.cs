using Lockkeeper.Migrate.Proof;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>PostgreSQL's table-level lock modes, weakest first, and what each keeps others from (manual, "Table-Level Locks").</summary>
internal static class LockTable
{
    private static readonly (string Name, Blocked Blocks)[] Modes =
    [
        ("ACCESS SHARE", Blocked.Nothing),
        ("ROW SHARE", Blocked.Nothing),
        ("ROW EXCLUSIVE", Blocked.Nothing),
        ("SHARE UPDATE EXCLUSIVE", Blocked.SchemaChanges),
        ("SHARE", Blocked.SchemaChanges | Blocked.Writes),
        ("SHARE ROW EXCLUSIVE", Blocked.SchemaChanges | Blocked.Writes),
        // SELECT FOR UPDATE too, which is writing for our purpose.
        ("EXCLUSIVE", Blocked.SchemaChanges | Blocked.Writes),
        ("ACCESS EXCLUSIVE", Blocked.SchemaChanges | Blocked.Writes | Blocked.Reads),
    ];

    /// <summary>The mode's number, from 1, for what pg_locks calls it, for example <c>AccessExclusiveLock</c>.</summary>
    public static int Strength(string pgLocksMode)
    {
        for (var i = 0; i < Modes.Length; i++)
        {
            if (pgLocksMode.Equals(Modes[i].Name.Replace(" ", "", StringComparison.Ordinal) + "Lock", StringComparison.OrdinalIgnoreCase))
                return i + 1;
        }

        return 0;
    }

    /// <summary>A lock of a strength on a relation.</summary>
    public static HeldLock Lock(string relation, int strength) => new(relation, Modes[strength - 1].Name, Modes[strength - 1].Blocks);
}
