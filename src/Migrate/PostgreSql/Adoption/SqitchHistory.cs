using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Formats.Sqitch;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>Sqitch: the schema <c>sqitch</c> with what is deployed (changes, tags, dependencies) and what happened (events), of every project in the database.</summary>
/// <remarks>
/// Source: App::Sqitch::Role::DBIEngine and App::Sqitch::Engine::pg of Sqitch 1.3, registry 1.1: log_deploy_change, log_revert_change, change_id_for.
/// The committer is the role: Sqitch's own comes from its user's settings.
/// </remarks>
internal sealed class SqitchHistory : IForeignHistory
{
    public string Name => "sqitch";

    public IReadOnlyList<string> Formats => ["sqitch"];

    public IReadOnlyList<ForeignTable> Tables =>
    [
        new(
            "changes", new ForeignColumn("change_id", "text"), new ForeignColumn("script_hash", "text"), new ForeignColumn("change", "text"), new ForeignColumn("project", "text"),
            new ForeignColumn("committed_at", "timestamp with time zone"), new ForeignColumn("planner_email", "text")) { OwnSchema = "sqitch" },
    ];

    public IReadOnlyList<string> OtherRelations => ["releases", "projects", "tags", "dependencies", "events"];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            /* lk:migrate.sqitch */
            SELECT c.project, c.change, c.change_id, c.script_hash, c.committer_name, c.committed_at,
                   (SELECT t.tag FROM {table.Beside("tags")} t WHERE t.change_id = c.change_id ORDER BY t.committed_at DESC LIMIT 1)
            FROM {table.Sql} c ORDER BY c.committed_at
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (rows, names, lastTags) = (new List<ForeignRow>(), new HashSet<(string, string)>(), new Dictionary<string, string>(StringComparer.Ordinal));
        while (await reader.ReadAsync(cancel))
        {
            var (project, name, id) = (reader.GetString(0), reader.GetString(1), reader.GetString(2));
            // The same key as the plan gives: a name that comes again was reworked after the last tag.
            var key = names.Add((project, name)) ? name : SqitchChange.ReworkedKey(name, lastTags.GetValueOrDefault(project));
            var hash = await reader.IsDBNullAsync(3, cancel) ? null : reader.GetString(3);
            rows.Add(new ForeignRow(MigrationKey.Of(MigrationKind.Planned, null, key), key, "", ForeignOutcome.Applied)
            {
                // Sqitch before 0.998 put the change_id there.
                Checksum = hash == id ? null : hash,
                Project = project,
                By = reader.GetString(4),
                At = reader.GetFieldValue<DateTimeOffset>(5),
            });
            if (!await reader.IsDBNullAsync(6, cancel))
                lastTags[project] = reader.GetString(6)[1..];
        }

        return rows;
    }

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) =>
        row.Checksum is null ? ChecksumAnswer.None : ChecksumAnswer.Of(row.Checksum, SqitchIds.OfScript(files.Bytes(migration.Up)));

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry)
    {
        var change = entry.Migration.Sqitch!;
        var (planner, uri) = (change.Planner, change.ProjectUri is null ? null : SqitchUri.Stored(change.ProjectUri));
        return
        [
            new(
                $"""
                /* lk:migrate.mirror */
                INSERT INTO {table.Beside("projects")} (project, uri, creator_name, creator_email)
                VALUES ($1, $2::text, current_user, current_user || '@lockkeeper') ON CONFLICT DO NOTHING
                """, change.Project, uri),
            new(
                $"""
                /* lk:migrate.mirror */
                INSERT INTO {table.Sql} (change_id, script_hash, change, project, note, committer_name, committer_email, planned_at, planner_name, planner_email, committed_at)
                VALUES ($1, $2, $3, $4, $5, current_user, current_user || '@lockkeeper', $6::text::timestamptz, $7, $8, clock_timestamp()) ON CONFLICT DO NOTHING
                """, change.ChangeId, SqitchIds.OfScript(entry.Files.Bytes(entry.Migration.Up)), change.Name, change.Project, change.Note, planner.PlannedAt, planner.Name, planner.Email),
            .. change.Dependencies.Select(dependency => Depend(table, change, dependency)),
            .. change.Tags.Select(tag => new ForeignStatement(
                $"""
                /* lk:migrate.mirror */
                INSERT INTO {table.Beside("tags")} (tag_id, tag, project, change_id, note, committer_name, committer_email, planned_at, planner_name, planner_email, committed_at)
                VALUES ($1, $2, $3, $4, $5, current_user, current_user || '@lockkeeper', $6::text::timestamptz, $7, $8, clock_timestamp()) ON CONFLICT DO NOTHING
                """, tag.TagId, $"@{tag.Name}", change.Project, change.ChangeId, tag.Note, tag.Planner.PlannedAt, tag.Planner.Name, tag.Planner.Email)),
            // No name holds a blank.
            new(
                $"""
                /* lk:migrate.mirror */
                INSERT INTO {table.Beside("events")} (event, change_id, change, project, note, tags, requires, conflicts, committer_name, committer_email, planned_at, planner_name, planner_email, committed_at)
                VALUES ('deploy', $1, $2, $3, $4, string_to_array($5, ' '), string_to_array($6, ' '), string_to_array($7, ' '), current_user, current_user || '@lockkeeper',
                        $8::text::timestamptz, $9, $10, clock_timestamp())
                """,
                change.ChangeId, change.Name, change.Project, change.Note, string.Join(' ', change.Tags.Select(tag => $"@{tag.Name}")),
                string.Join(' ', change.Requires.Select(dependency => dependency.Words)), string.Join(' ', change.Conflicts.Select(dependency => dependency.Words)),
                planner.PlannedAt, planner.Name, planner.Email),
        ];
    }

    public IReadOnlyList<ForeignStatement> Repaired(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ UPDATE {table.Sql} SET script_hash = $1 WHERE change_id = $2", SqitchIds.OfScript(entry.Files.Bytes(entry.Migration.Up)), entry.Migration.Sqitch!.ChangeId)];

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry)
    {
        var id = entry.Migration.Sqitch!.ChangeId;
        return
        [
            new(
                $"""
                /* lk:migrate.mirror */
                INSERT INTO {table.Beside("events")} (event, change_id, change, project, note, tags, requires, conflicts, committer_name, committer_email, planned_at, planner_name, planner_email, committed_at)
                SELECT 'revert', c.change_id, c.change, c.project, c.note, ARRAY(SELECT tag FROM {table.Beside("tags")} t WHERE t.change_id = c.change_id),
                       ARRAY(SELECT dependency FROM {table.Beside("dependencies")} d WHERE d.change_id = c.change_id AND type = 'require'),
                       ARRAY(SELECT dependency FROM {table.Beside("dependencies")} d WHERE d.change_id = c.change_id AND type = 'conflict'),
                       current_user, current_user || '@lockkeeper', c.planned_at, c.planner_name, c.planner_email, clock_timestamp()
                FROM {table.Sql} c WHERE c.change_id = $1
                """, id),
            new($"/* lk:migrate.mirror */ DELETE FROM {table.Beside("tags")} WHERE change_id = $1", id),
            new($"/* lk:migrate.mirror */ DELETE FROM {table.Sql} WHERE change_id = $1", id),
        ];
    }

    /// <summary>A required change of another project is looked up as Sqitch does; one that its registry does not know leaves no row.</summary>
    private static ForeignStatement Depend(QualifiedTable table, SqitchChange change, SqitchDependency dependency)
    {
        var insert = $"/* lk:migrate.mirror */\nINSERT INTO {table.Beside("dependencies")} (change_id, type, dependency, dependency_id)\n";
        if (dependency.Conflicts)
            return new($"{insert}VALUES ($1, 'conflict', $2, NULL) ON CONFLICT DO NOTHING", change.ChangeId, dependency.Words);
        if (dependency.ResolvedId is not null)
            return new($"{insert}VALUES ($1, 'require', $2, $3) ON CONFLICT DO NOTHING", change.ChangeId, dependency.Words, dependency.ResolvedId);
        return new(
            $"""
            {insert}SELECT $1, 'require', $2, c.change_id FROM {table.Sql} c
            WHERE (c.change_id = $3::text OR c.project = $4::text AND ($5::text IS NULL OR c.change = $5)
              AND ($6::text IS NULL OR EXISTS (SELECT FROM {table.Beside("tags")} t WHERE t.project = c.project AND t.tag = $6 AND CASE WHEN $5 IS NULL THEN t.change_id = c.change_id ELSE t.committed_at >= c.committed_at END)))
            ORDER BY CASE WHEN $6 IS NULL THEN c.committed_at END, c.committed_at DESC LIMIT 1
            ON CONFLICT DO NOTHING
            """,
            change.ChangeId, dependency.Words, dependency.ChangeId, dependency.Project, dependency.Change, dependency.Tag is null ? null : $"@{dependency.Tag}");
    }
}
