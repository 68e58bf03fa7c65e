using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>What the catalog and the statistics say at one moment, as the session sees it whose transaction is open.</summary>
/// <param name="Relations">Tables, views, indexes and the like by oid.</param>
/// <param name="Indexes">Validity of indexes by oid.</param>
/// <param name="Constraints">Constraints by oid.</param>
/// <param name="Functions">Trigger functions by oid, with their calls.</param>
internal sealed record CatalogLook(
    IReadOnlyDictionary<long, RelationLook> Relations, IReadOnlyDictionary<long, bool> Indexes, IReadOnlyDictionary<long, ConstraintLook> Constraints,
    IReadOnlyDictionary<long, (string Name, long Calls)> Functions)
{
    /// <summary>Of one who does not look.</summary>
    public static CatalogLook Nothing { get; } = new(new Dictionary<long, RelationLook>(), new Dictionary<long, bool>(), new Dictionary<long, ConstraintLook>(), new Dictionary<long, (string, long)>());

    /// <summary>Looks.</summary>
    /// <param name="connection">The session that runs the script.</param>
    /// <param name="inTransaction">Counts what the open transaction did; otherwise what all committed ones did, for which the session's own counts are sent off first.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task<CatalogLook> TakeAsync(NpgsqlConnection connection, bool inTransaction, CancellationToken cancel)
    {
        // The counts of a session reach the shared ones after a second by themselves; since version 15 at once when asked to.
        if (!inTransaction && connection.PostgreSqlVersion.Major >= 15)
        {
            await using var flush = new NpgsqlCommand("/* lk:migrate.proof_flush */ SELECT pg_catalog.pg_stat_force_next_flush()", connection);
            await flush.ExecuteNonQueryAsync(cancel);
        }

        var xact = inTransaction ? "xact_" : "";
        await using var command = new NpgsqlCommand(
            $"""
            /* lk:migrate.proof_look */
            SELECT 'relation', c.oid::pg_catalog.int8, pg_catalog.format('%I.%I', n.nspname, c.relname), coalesce(i.indrelid, 0)::pg_catalog.int8,
                   coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)::pg_catalog.int8, coalesce(pg_catalog.pg_stat_get_{xact}numscans(c.oid), 0), c.relkind::pg_catalog.text, coalesce(i.indisvalid, true)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
            WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'lockkeeper') AND c.relkind IN ('r', 'p', 'm', 'v', 'S', 'f', 'i', 'I')
            UNION ALL
            SELECT 'constraint', c.oid::pg_catalog.int8, pg_catalog.quote_ident(c.conname), c.conrelid::pg_catalog.int8, 0, 0, c.contype::pg_catalog.text, c.convalidated
            FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace WHERE c.conrelid <> 0 AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'lockkeeper')
            UNION ALL
            SELECT 'function', p.oid::pg_catalog.int8, pg_catalog.format('%I.%I', n.nspname, p.proname), 0, coalesce(pg_catalog.pg_stat_get_{xact}function_calls(p.oid), 0), 0, '', true
            FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            WHERE p.prorettype IN ('pg_catalog.trigger'::pg_catalog.regtype, 'pg_catalog.event_trigger'::pg_catalog.regtype) AND n.nspname !~ '^pg_' AND n.nspname <> 'lockkeeper'
            """, connection);
        var relations = new Dictionary<long, RelationLook>();
        var indexes = new Dictionary<long, bool>();
        var constraints = new Dictionary<long, ConstraintLook>();
        var functions = new Dictionary<long, (string, long)>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (oid, name) = (reader.GetInt64(1), reader.GetString(2));
            switch (reader.GetString(0))
            {
                case "relation":
                    var relation = new RelationLook(name, reader.GetString(6)[0], reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5));
                    relations[oid] = relation;
                    if (relation.IsIndex)
                        indexes[oid] = reader.GetBoolean(7);
                    break;
                case "constraint":
                    constraints[oid] = new ConstraintLook(name, reader.GetInt64(3), reader.GetBoolean(7));
                    break;
                default:
                    functions[oid] = (name, reader.GetInt64(4));
                    break;
            }
        }

        return new CatalogLook(relations, indexes, constraints, functions);
    }
}

/// <summary>A relation.</summary>
/// <param name="SqlName">Its quoted name with the schema.</param>
/// <param name="Kind">pg_class's letter for its kind.</param>
/// <param name="Table">The table of an index; 0 otherwise.</param>
/// <param name="File">The number of its file: another one after it was written anew.</param>
/// <param name="Scans">How often it was read from end to end.</param>
internal sealed record RelationLook(string SqlName, char Kind, long Table, long File, long Scans)
{
    /// <summary>How reports call it.</summary>
    public string Name => SqlName.StartsWith("public.", StringComparison.Ordinal) ? SqlName["public.".Length..] : SqlName;

    /// <summary>Whether it holds rows itself.</summary>
    public bool HasRows => Kind is 'r' or 'm';

    /// <summary>Whether it is an index.</summary>
    public bool IsIndex => Kind is 'i' or 'I';
}

/// <summary>A constraint of a table.</summary>
internal sealed record ConstraintLook(string Name, long Table, bool IsValidated);
