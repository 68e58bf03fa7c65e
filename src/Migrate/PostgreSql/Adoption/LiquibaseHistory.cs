using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Formats.Liquibase;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>Liquibase: <c>databasechangelog</c>, a row a changeset, known by file, id and author; <c>databasechangeloglock</c> beside it.</summary>
/// <remarks>Source: MarkChangeSetRanGenerator and RemoveChangeSetRanStatusGenerator of Liquibase 4.28; the checksums are of version 9, which 4.22 and later write.</remarks>
internal sealed class LiquibaseHistory : IForeignHistory
{
    /// <summary>The version of Liquibase that the rows are written like.</summary>
    private const string Version = "4.28.0";

    public string Name => "liquibase";

    public IReadOnlyList<string> Formats => ["liquibase"];

    public IReadOnlyList<ForeignTable> Tables =>
    [
        new("databasechangelog", new ForeignColumn("id", "character varying"), new ForeignColumn("author", "character varying"), new ForeignColumn("filename", "character varying"),
            new ForeignColumn("dateexecuted"), new ForeignColumn("orderexecuted", "integer"), new ForeignColumn("exectype", "character varying"), new ForeignColumn("md5sum", "character varying")),
    ];

    public IReadOnlyList<string> OtherRelations => ["databasechangeloglock", "databasechangeloglock_pkey"];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"/* lk:migrate.liquibase */ SELECT id, author, filename, md5sum, dateexecuted AT TIME ZONE current_setting('TimeZone'), exectype FROM {table.Sql} WHERE exectype <> 'SKIPPED' ORDER BY orderexecuted, dateexecuted", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ForeignRow>();
        while (await reader.ReadAsync(cancel))
        {
            var (id, author, file) = (reader.GetString(0), reader.GetString(1), ChangelogPaths.Normalize(reader.GetString(2)));
            var name = $"{file}::{id}::{author}";
            rows.Add(new ForeignRow(MigrationKey.Of(MigrationKind.Planned, null, name), name, file, Outcome(reader.GetString(5)))
            {
                LookAt = reader.GetString(5) == "FAILED" ? $"Look what {name} left behind, finish or undo it, and correct or delete its row." : null,
                Checksum = reader.IsDBNull(3) ? null : reader.GetString(3),
                At = reader.GetFieldValue<DateTimeOffset>(4),
            });
        }

        return rows;
    }

    public async Task<ForeignLock?> LockAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        var beside = table.Beside("databasechangeloglock");
        await using var look = new NpgsqlCommand("/* lk:migrate.liquibase_lock */ SELECT coalesce(has_table_privilege(to_regclass($1), 'SELECT'), false)", connection) { Parameters = { new() { Value = beside } } };
        if (await look.ExecuteScalarAsync(cancel) is not true)
            return null;
        await using var command = new NpgsqlCommand($"/* lk:migrate.liquibase_lock */ SELECT coalesce(lockedby, 'somebody'), lockgranted AT TIME ZONE current_setting('TimeZone') FROM {beside} WHERE locked", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return !await reader.ReadAsync(cancel)
            ? null
            : new ForeignLock(reader.GetString(0), await reader.IsDBNullAsync(1, cancel) ? null : reader.GetFieldValue<DateTimeOffset>(1), "When that run is dead, 'liquibase release-locks' frees it.");
    }

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files)
    {
        if (row.Checksum is not { } recorded || migration.Changeset is not { } changeset)
            return ChecksumAnswer.None;
        if (changeset.ValidChecksums.Contains(recorded, StringComparer.OrdinalIgnoreCase))
            return new ChecksumAnswer(ChecksumVerdict.Same, $"its changelog lists the checksum {recorded} as valid") { AcceptsEdit = true };
        if (!recorded.StartsWith("9:", StringComparison.Ordinal))
            return new ChecksumAnswer(ChecksumVerdict.NotDefined, $"the checksum {recorded} is of an older version of Liquibase");
        if (changeset.Checksum is not { } now)
            return new ChecksumAnswer(ChecksumVerdict.NotDefined, "only Liquibase can tell the checksum of its kind of change");
        return migration.AcceptsEdits || migration.RunAlways ? new ChecksumAnswer(ChecksumVerdict.Same, "its changelog takes every edit") : ChecksumAnswer.Of(recorded, now);
    }

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry)
    {
        var changeset = Facts(entry);
        const string order = "(SELECT coalesce(max(orderexecuted), 0) + 1 FROM ";
        const string deployment = "right((extract(epoch FROM transaction_timestamp()) * 1000)::bigint::text, 10)";
        return
        [
            new($"""
                /* lk:migrate.mirror */
                UPDATE {table.Sql} SET dateexecuted = localtimestamp, deployment_id = {deployment}, exectype = 'RERAN', md5sum = $4::text, orderexecuted = {order}{table.Sql})
                WHERE id = $1 AND author = $2 AND filename = $3
                """, changeset.Id, changeset.Author, changeset.Path, changeset.Checksum),
            new($"""
                /* lk:migrate.mirror */
                INSERT INTO {table.Sql} (id, author, filename, dateexecuted, orderexecuted, md5sum, description, comments, exectype, contexts, labels, liquibase, deployment_id, tag)
                SELECT $1, $2, $3, localtimestamp, {order}{table.Sql}), $4::text, $5, $6, 'EXECUTED', $7::text, $8::text, $9, {deployment}, $10::text
                WHERE NOT EXISTS (SELECT FROM {table.Sql} WHERE id = $1 AND author = $2 AND filename = $3)
                """,
                changeset.Id, changeset.Author, changeset.Path, changeset.Checksum, changeset.Description, changeset.Comment, NullIfEmpty(changeset.Contexts), NullIfEmpty(changeset.Labels), Version, changeset.Tag),
        ];
    }

    public IReadOnlyList<ForeignStatement> Repaired(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ UPDATE {table.Sql} SET md5sum = $4::text WHERE id = $1 AND author = $2 AND filename = $3", Facts(entry).Id, Facts(entry).Author, Facts(entry).Path, Facts(entry).Checksum)];

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry)
    {
        var changeset = Facts(entry);
        return [new($"/* lk:migrate.mirror */ DELETE FROM {table.Sql} WHERE id = $1 AND author = $2 AND filename = $3", changeset.Id, changeset.Author, changeset.Path)];
    }

    private static ForeignOutcome Outcome(string type) => type switch { "FAILED" => ForeignOutcome.Failed, "MARK_RAN" => ForeignOutcome.Marked, _ => ForeignOutcome.Applied };

    private static ChangesetFacts Facts(ForeignEntry entry) => entry.Migration.Changeset ?? throw new InvalidOperationException($"{entry.Migration.Id} is no changeset");

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
