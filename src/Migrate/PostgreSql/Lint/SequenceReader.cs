using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Reads how far the sequences of a target's columns are.</summary>
internal static class SequenceReader
{
    /// <summary>Puts sequences beside the columns that they belong to; those that turn around at their end, or count down, never run out as a key does.</summary>
    /// <param name="connection">The target.</param>
    /// <param name="schema">What is known so far.</param>
    /// <param name="notChecked">Gets how many may not be read.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<KnownSchema> ReadAsync(NpgsqlConnection connection, KnownSchema schema, List<string> notChecked, CancellationToken cancel)
    {
        var hidden = 0;
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.lint_sequences */
            SELECT n.nspname, c.relname, a.attname, sn.nspname, s.relname, q.seqmax, d.deptype = 'i',
                q.seqmax <= 2147483647 AND NOT has_sequence_privilege(s.oid, 'USAGE, SELECT'),
                CASE WHEN has_sequence_privilege(s.oid, 'USAGE, SELECT') THEN pg_sequence_last_value(s.oid) END
            FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace sn ON sn.oid = s.relnamespace
            JOIN pg_sequence q ON q.seqrelid = s.oid JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
                AND q.seqincrement > 0 AND NOT q.seqcycle AND s.relpersistence = 'p'
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            if (row.GetBoolean(7))
                hidden++;
            // A sequence that gave no number yet has none.
            if (await row.IsDBNullAsync(8, cancel))
                continue;
            var sequence = new KnownSequence(SqlName.Of(row.GetString(3), row.GetString(4)), row.GetInt64(8), row.GetInt64(5), row.GetBoolean(6));
            schema = schema.Change(SqlName.Of(row.GetString(0), row.GetString(1)), table => table.Change(row.GetString(2), column => column with { Sequence = sequence }));
        }

        if (hidden > 0)
            notChecked.Add($"whether keys run out: this role may not read {hidden.ToString(CultureInfo.InvariantCulture)} of the sequences (SELECT on them, or membership of pg_read_all_data)");
        return schema;
    }
}
