using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Proof;

/// <summary>A database at one moment.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Rows">A hash of each table's rows.</param>
internal sealed record ProofState(SchemaState Schema, IReadOnlyDictionary<string, string> Rows)
{
    /// <summary>Reads it.</summary>
    public static async Task<ProofState> ReadAsync(IProofDatabase database, CancellationToken cancel) => new(await database.ReadSchemaAsync(cancel), await database.ReadRowsAsync(cancel));
}

/// <summary>Goes a migration's way back and compares.</summary>
/// <param name="ground">Makes further databases.</param>
/// <param name="earlier">The migrations that were tried before this one.</param>
/// <param name="withRows">Whether they run on made-up rows.</param>
internal sealed class WayBackTrial(IProofGround ground, IReadOnlyList<PreparedMigration> earlier, bool withRows)
{
    /// <summary>Tries it in a database where the migration has just run, and runs the migration again after it. When it is broken, nobody knows what the database holds.</summary>
    /// <param name="migration">The migration.</param>
    /// <param name="database">The database.</param>
    /// <param name="before">How it was before the migration.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<WayBack> RunAsync(PreparedMigration migration, IProofDatabase database, ProofState before, CancellationToken cancel)
    {
        if (migration.Down is null)
            return WayBack.Of(WayBackState.None);
        var (error, differences) = await BackAsync(database, migration, before.Schema, cancel);
        var losses = migration.Up.Impact.Losses.ToList();
        if (error is null && differences.Count == 0)
        {
            var after = await database.ReadRowsAsync(cancel);
            losses.AddRange(before.Rows.Where(table => after.GetValueOrDefault(table.Key) != table.Value).Select(table => $"rows of {table.Key} are not as before"));
            error = await database.RunAsync(migration, undo: false, null, cancel);
        }

        return new WayBack(error is null && differences.Count == 0 ? WayBackState.Proven : WayBackState.Broken, error, differences, losses) { Partial = await PartialAsync(migration, cancel) };
    }

    /// <summary>What speaks against a way back.</summary>
    public static IEnumerable<Finding> Findings(PreparedMigration migration, WayBack way)
    {
        if (way.State == WayBackState.Broken)
        {
            yield return new Finding(
                "way-back-broken", Severity.Error, $"the way back of {migration.Migration.Title} {(way.Error is { } error ? $"fails: {error.Message}" : $"leaves {Plural.Of(way.Differences.Count, "difference")}: {way.Differences[0]}")}",
                way.Error?.At ?? migration.Down!.Source.At, "Correct the down file until the schema after it is the one before the migration.");
        }

        foreach (var part in way.Partial.Where(part => !part.IsProven))
        {
            yield return new Finding(
                "way-back-from-the-middle", Severity.Warning,
                $"the way back of {migration.Migration.Title} {(part.Error is { } error ? $"fails after {part.Done} of {part.Of} statements: {error.Message}" : $"after {part.Done} of {part.Of} statements leaves: {part.Differences[0]}")}",
                part.Error?.At ?? migration.Down!.Source.At, "Write IF EXISTS in the down file, or one statement a file.");
        }
    }

    /// <summary>A migration without a transaction may stop after any of its statements.</summary>
    private async Task<IReadOnlyList<PartialWayBack>> PartialAsync(PreparedMigration migration, CancellationToken cancel)
    {
        const int most = 8;
        var parts = new List<PartialWayBack>();
        if (migration.Up.InTransaction)
            return parts;
        for (var done = 1; done < Math.Min(migration.Up.StatementCount, most); done++)
        {
            await using var database = await StandAsync(cancel);
            var before = await database.ReadSchemaAsync(cancel);
            await database.RunAsync(migration, undo: false, done, cancel);
            var (error, differences) = await BackAsync(database, migration, before, cancel);
            parts.Add(new PartialWayBack(done, migration.Up.StatementCount, error, differences));
        }

        return parts;
    }

    /// <summary>A database that stands before the migration.</summary>
    public async Task<IProofDatabase> StandAsync(CancellationToken cancel)
    {
        var database = await ground.CreateAsync(withRows, cancel);
        try
        {
            foreach (var migration in earlier)
                await database.RunAsync(migration, undo: false, null, cancel);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    private static async Task<(Kernel.Errors.LockkeeperException? Error, IReadOnlyList<string> Differences)> BackAsync(IProofDatabase database, PreparedMigration migration, SchemaState before, CancellationToken cancel)
    {
        var error = await database.RunAsync(migration, undo: true, null, cancel);
        var after = await database.ReadSchemaAsync(cancel);
        return (error, before.Fingerprint == after.Fingerprint || error is not null ? [] : database.Differences(before, after));
    }
}
