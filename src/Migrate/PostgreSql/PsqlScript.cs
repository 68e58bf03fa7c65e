using System.Text;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Migrate.PostgreSql.Adoption;
using Lockkeeper.Migrate.PostgreSql.Backfills;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Writes what applying a migration sends, as a script that psql runs to the same effect.</summary>
internal static class PsqlScript
{
    public static string Render(PreparedMigration migration, bool undo, RunStamp stamp, SessionSettings settings)
    {
        var script = (PreparedSql)(undo ? migration.Down! : migration.Up);
        var text = new StringBuilder().Append($"-- {(undo ? "undo " : "")}{migration.Migration.Title}  ({script.Source.File}, sha256 {script.Source.Sha256[..12]})\n");
        if (script.InTransaction)
        {
            text.Append("BEGIN;\n");
            Settings(text, settings);
            Statements(text, script);
            Reset(text, script);
            Verify(text, migration, undo, settings, "SAVEPOINT lockkeeper_verify", "ROLLBACK TO SAVEPOINT lockkeeper_verify");
            text.Append(Record(migration, undo, stamp)).Append(Foreign(migration, undo)).Append("COMMIT;\n");
        }
        else
        {
            text.Append("-- without a transaction: each statement by itself; an intent is recorded before each\n");
            Statements(text, script);
            Reset(text, script);
            Verify(text, migration, undo, settings, "BEGIN", "ROLLBACK");
            text.Append(Record(migration, undo, stamp)).Append(Foreign(migration, undo));
        }

        return text.ToString();
    }

    /// <summary>The history's tables, for a target that has none.</summary>
    public static string Store => $"-- the history's tables, made once\nBEGIN;\n{string.Join(";\n", HistoryTables.Statements)};\nCOMMIT;\n";

    private static void Settings(StringBuilder text, SessionSettings settings)
    {
        foreach (var line in settings.Script())
            text.Append(line).Append('\n');
    }

    private static void Reset(StringBuilder text, PreparedSql script)
    {
        if (script.Summary.ChangesSession)
            text.AppendJoin('\n', SessionSettings.Reset.Select(sql => sql + ";")).Append('\n');
    }

    private static void Verify(StringBuilder text, PreparedMigration migration, bool undo, SessionSettings settings, string begin, string end)
    {
        if (undo || migration.Verify is not PreparedSql { StatementCount: > 0 } verify)
            return;
        text.Append($"-- verify  ({verify.Source.File})\n{begin};\n");
        Settings(text, settings);
        Statements(text, verify);
        text.Append($"{end};\n");
    }

    private static void Statements(StringBuilder text, PreparedSql script)
    {
        foreach (var statement in script.Statements)
        {
            text.Append(statement.Backfill is { } backfill ? Batches(backfill) : statement.Sql.Text).Append(";\n");
            if (statement.Sql.CopyData is { } data)
            {
                foreach (var piece in data.Pieces())
                    text.Append(piece);
                text.Append(text[^1] != '\n' ? "\n" : "").Append("\\.\n");
            }
        }
    }

    /// <summary>psql has no checkpoint and no throttle: batches as a DO block where the key is known from the file and a second run does no harm, else one statement.</summary>
    private static string Batches(BackfillStatement backfill) => backfill switch
    {
        { Directive.Key: [var key], IsRepeatable: true } => $"-- a backfill, here without checkpoint and throttle: run again, it begins with the first row\n{BatchBlock.Of(backfill, key)}",
        { IsRepeatable: false } => $"-- a backfill, here in one statement: a DO block that is stopped and run again would change rows twice\n{backfill.Sql.Text}",
        _ => $"-- a backfill, here in one statement: its key is found in the target; '-- lk: backfill key: COLUMN' names one\n{backfill.Sql.Text}",
    };

    /// <summary>What the table of an adopted tool has to hear.</summary>
    private static string Foreign(PreparedMigration migration, bool undo) => string.Concat(AdoptedTable.Statements(migration.Mirror, undo).Select(statement => statement.ToScript() + "\n"));

    private static string Record(PreparedMigration migration, bool undo, RunStamp stamp)
    {
        var (id, series) = (SqlText.Literal(migration.Migration.Id), SqlText.Literal(stamp.Key.Text));
        return undo
            ? $"UPDATE lockkeeper.migrations SET outcome = 'rolled_back', run = {SqlText.Literal(stamp.Run)}, applied_by = {SqlText.Literal(stamp.Actor)}, applied_at = clock_timestamp(), applied_order = DEFAULT\n"
              + $"WHERE series = {series} AND id = {id};\n"
            : $"INSERT INTO lockkeeper.migrations (series, id, kind, name, file, sha256, artifact, run, applied_by, applied_at, duration_ms, outcome)\n"
              + $"VALUES ({series}, {id}, {SqlText.Literal(HistoryQueries.KindName(migration.Migration.Kind))}, {SqlText.Literal(migration.Migration.Name)}, {SqlText.Literal(migration.Up.Source.File)}, "
              + $"{SqlText.Literal(migration.Up.Source.Sha256)}, {SqlText.Literal(stamp.Artifact)}, {SqlText.Literal(stamp.Run)}, {SqlText.Literal(stamp.Actor)}, clock_timestamp(), 0, 'applied')\n"
              + HistoryQueries.TakePlaceOfUndone + ";\n";
    }
}
