using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>A rename that keeps the old name alive: a view for a table, a second column that a trigger keeps equal for a column.</summary>
internal sealed class RenameFix : IStatementFix
{
    public IReadOnlyList<string> Rules { get; } = ["renaming-table", "renaming-column"];

    public FixedStatement? Fix(LintedStatement statement, IReadOnlySet<string> rules)
    {
        if (statement.Kind != "RenameStmt" || statement.Node.Node("relation") is not { } relation || statement.Node.Text("newname") is not { } to)
            return null;
        return statement.Node.Text("renameType") switch
        {
            "OBJECT_TABLE" => Table(statement, relation, to),
            "OBJECT_COLUMN" when statement.Node.Text("relationType") == "OBJECT_TABLE" && statement.Node.Text("subname") is { } column => Column(statement, relation, column, to),
            _ => null,
        };
    }

    private static FixedStatement Table(LintedStatement statement, TreeNode relation, string to)
    {
        var schema = relation.Text("schemaname");
        var (old, renamed) = (relation.Relation(), SqlName.Of(schema, to));
        return new FixedStatement(
            [
                $"""
                DO $rename$
                BEGIN
                    ALTER TABLE {old} RENAME TO {SqlName.Of(to)};
                    CREATE VIEW {old} AS SELECT * FROM {renamed};
                END
                $rename$
                """,
            ],
            [$"a view keeps the name {relation.Text("relname")} alive: PostgreSQL passes reads and simple writes through it"])
        {
            Later = [$"DROP VIEW {old}"],
        };
    }

    private static FixedStatement Column(LintedStatement statement, TreeNode relation, string column, string to)
    {
        var name = statement.NameOf(relation);
        if (statement.Before.Table(name) is not { } known || known.Columns.GetValueOrDefault(column) is not { } old)
            return FixedStatement.Stays(statement, $"the type of {column} in {statement.Words(name)} is not known here: with --env it is read from the target");
        if (Backfill.KeyOf(known) is null)
            return FixedStatement.Stays(statement, $"{statement.Words(name)} has no primary key of one column that is known, and filling {to} goes along it");
        if (old.HasDefault || known.Constraints.Any(constraint => constraint.Columns.Contains(column)) || statement.Before.IndexesOf(name).Any(index => index.Columns.Contains(column)))
            return FixedStatement.Stays(statement, $"{column} has a default, a constraint or an index, which its second column needs as well");
        var (table, before, after) = (relation.Relation(), SqlName.Of(column), SqlName.Of(to));
        var sync = SqlName.Of($"{relation.Text("relname")}_{to}_sync");
        return new FixedStatement(
            [
                $"ALTER TABLE {table} ADD COLUMN {after} {old.Type}",
                $"""
                CREATE FUNCTION {sync}() RETURNS trigger LANGUAGE plpgsql AS $sync$
                BEGIN
                    IF TG_OP = 'INSERT' THEN
                        NEW.{after} := coalesce(NEW.{after}, NEW.{before});
                        NEW.{before} := coalesce(NEW.{before}, NEW.{after});
                    ELSIF NEW.{after} IS DISTINCT FROM OLD.{after} THEN
                        NEW.{before} := NEW.{after};
                    ELSE
                        NEW.{after} := NEW.{before};
                    END IF;
                    RETURN NEW;
                END
                $sync$
                """,
                $"CREATE TRIGGER {sync} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {sync}()",
                // The trigger copies the old column's value whenever a row is written.
                Backfill.Of($"UPDATE {table} SET {before} = {before} WHERE {after} IS DISTINCT FROM {before}"),
            ],
            [$"{to} is added beside {column}, and a trigger keeps the two equal whichever one is written"])
        {
            Later = [$"DROP TRIGGER {sync} ON {table}", $"DROP FUNCTION {sync}()", $"ALTER TABLE {table} DROP COLUMN {before}"],
        };
    }
}
