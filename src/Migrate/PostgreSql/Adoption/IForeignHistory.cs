using Lockkeeper.Migrate.Adoption;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>
/// Another migration tool's history in a PostgreSQL database: how its table is known, read, checked and kept up to date. A new tool is one file here that
/// implements this, and one line in <see cref="ForeignHistories"/>; nothing else knows a tool's name.
/// </summary>
/// <remarks>
/// <para>What an implementation answers must follow from the database and the files alone: it keeps nothing between calls and writes nothing.</para>
/// <para><c>lk migrate adopt</c> calls <see cref="ReadAsync"/>, matches the rows by <see cref="ForeignRow.Key"/> with the series that the tool's format gives, and calls
/// <see cref="IForeignTool.Check"/> for each pair. Every later run of lk reads the rows again, and <see cref="Applied"/> or <see cref="RolledBack"/> go into the transaction that records the
/// migration in Lockkeeper's own history, so both are written or neither.</para>
/// <para>A test of it writes the table's layout and rows as the tool does (the tool itself where it can be installed), adopts, applies and rolls back by lk, and
/// compares the rows; see tests/Engines/Migrate/AdoptTests.cs.</para>
/// </remarks>
internal interface IForeignHistory : IForeignTool
{
    /// <summary>The tables that are its history: the layouts of its versions, the newest first. One that it finds under another name is given by <c>--table</c>.</summary>
    IReadOnlyList<ForeignTable> Tables { get; }

    /// <summary>Further relations that the tool makes beside its history, by name in the same schema; they are left out when schemas are compared.</summary>
    IReadOnlyList<string> OtherRelations => [];

    /// <summary>Reads the rows in the order in which the tool applied them. What it has undone or deleted since is left out.</summary>
    /// <param name="connection">An open connection, outside of a transaction.</param>
    /// <param name="table">The table that was found.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException">The layout is of a version of the tool that cannot be read; errors of the server go through as they are.</exception>
    Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel);

    /// <summary>The lock that the tool holds now, for one that keeps it in a table; null when there is none.</summary>
    Task<ForeignLock?> LockAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel) => Task.FromResult<ForeignLock?>(null);

    /// <summary>What the tool itself would write after it has applied a migration, for example one INSERT.</summary>
    /// <remarks>
    /// Runs in the migration's transaction after its last statement, under the role of the target's URL and with any search_path: take names from <paramref name="table"/>.
    /// Times by the server's clock; <c>extract(epoch FROM clock_timestamp() - transaction_timestamp())</c> is how long the migration took. It must not fail when the row is there already.
    /// A repeatable migration may be applied again.
    /// </remarks>
    IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry);

    /// <summary>What renews the recorded checksum of a migration whose file counts as applied as it is now; nothing where the tool records none. The same holds as for <see cref="Applied"/>.</summary>
    IReadOnlyList<ForeignStatement> Repaired(QualifiedTable table, ForeignEntry entry) => [];

    /// <summary>What the tool itself would write after it has undone a migration; the same holds as for <see cref="Applied"/>.</summary>
    IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry);
}
