using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Backfills;
using Lockkeeper.Migrate.PostgreSql.Rules;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>A script, split and parsed.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Statements">The statements that the grammar took.</param>
/// <param name="Problems">What kept others from being looked at.</param>
/// <param name="Suppressions">Where the file says that something is all right.</param>
internal sealed record LintParser(Migration Migration, IReadOnlyList<ParsedStatement> Statements, IReadOnlyList<Finding> Problems, IReadOnlyList<Suppression> Suppressions)
{
    /// <summary>Parses a migration's script.</summary>
    /// <param name="migration">The migration.</param>
    /// <param name="placeholders">Values for its placeholders.</param>
    public static LintParser Parse(Migration migration, Placeholders placeholders)
    {
        var script = migration.Up;
        var (statements, problems) = (new List<ParsedStatement>(), new List<Finding>());
        try
        {
            var text = placeholders.Replace(script);
            var split = ScriptPreparation.Split(script, script.Style == ScriptStyle.Statements ? text : PsqlScriptFile.WithoutDisplayCommands(text, script)).ToList();
            foreach (var statement in split)
            {
                try
                {
                    statements.Add(SqlParser.Parse(statement));
                    ScriptPreparation.BackfillOf(statement);
                }
                catch (LockkeeperException e) when (e.Code != SqlErrors.LibraryMissing)
                {
                    problems.Add(Problem(e, script));
                }
            }

            return new LintParser(migration, statements, problems, SuppressionReader.Read(script, text, split));
        }
        catch (LockkeeperException e) when (e.Code != SqlErrors.LibraryMissing)
        {
            return new LintParser(migration, statements, [Problem(e, script)], []);
        }
    }

    /// <summary>Whether the script runs in one transaction: it does unless it says otherwise, has a backfill, or none of its statements can.</summary>
    public bool InTransaction => !Migration.Up.NoTransaction && !Statements.Any(statement => BackfillMark.Has(statement.Sql)) && (Statements.Count == 0 || Statements.Any(statement => statement.CannotRunInTransaction is null));

    private static Finding Problem(LockkeeperException e, MigrationScript script) =>
        new(SyntaxError.Rule.Id, SyntaxError.Rule.Severity, e.Message, e.At ?? script.At, e.Hint);
}
