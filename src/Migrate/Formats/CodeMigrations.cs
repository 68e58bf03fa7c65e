using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Knows folders of tools whose migrations are programs, so that the answer can say how to get SQL out of them.</summary>
internal static partial class CodeMigrations
{
    /// <summary>Files that are opened at most.</summary>
    private const int Looked = 5;

    private static readonly (string Tool, string Pattern, Regex Holds, string Hint)[] Tools =
    [
        ("Alembic", "*.py", Alembic(), "Export it with 'alembic upgrade head --sql', and put the statements of each revision into a file of its own."),
        ("Django", "*.py", Django(), "Export each migration with 'python manage.py sqlmigrate APP NAME', a file each."),
        ("Rails", "*.rb", Rails(), "Set config.active_record.schema_format = :sql and point the database at db/structure.sql."),
        ("TypeORM", "*.ts", TypeOrm(), "Write the statements of each migration's queryRunner.query calls into a file of its own."),
        ("Knex", "*.js", Knex(), "Let each migration print its SQL with .toSQL(), and save it as a file of its own."),
        ("Knex", "*.ts", Knex(), "Let each migration print its SQL with .toSQL(), and save it as a file of its own."),
        ("Sequelize", "*.js", Sequelize(), "Log the statements that sequelize-cli runs, and save those of each migration as a file of its own."),
        ("EF Core", "*.cs", EfCore(), "Write the SQL with 'dotnet ef migrations script', and point the database at that file."),
        ("FluentMigrator", "*.cs", FluentMigrator(), "Write the SQL with 'dotnet fm migrate --preview --output', and save that of each migration as a file of its own."),
        ("Ecto", "*.exs", Ecto(), "Log the statements with 'mix ecto.migrate --log-migrations-sql', and save those of each migration as a file of its own."),
        ("Laravel", "*.php", Laravel(), "Print the statements with 'php artisan migrate --pretend', and save those of each migration as a file of its own."),
    ];

    /// <summary>The error for a folder of such a tool; null when it is not one.</summary>
    public static LockkeeperException? Refusal(SeriesFolder folder)
    {
        if (folder.Entry is not null)
            return null;
        foreach (var (tool, pattern, holds, hint) in Tools)
        {
            var file = Files(folder, pattern).FirstOrDefault(name => holds.IsMatch(folder.Peek(name)));
            if (file is not null)
                return new LockkeeperException(MigrateErrors.UnknownFormat, $"the migrations in {folder.Shown} are programs for {tool}, which only it can run", hint, new SourcePosition(folder.Show(file), 1, 1));
        }

        return null;
    }

    /// <summary>Alembic keeps them in versions/ below the folder that people would name; Django in migrations/.</summary>
    private static IEnumerable<string> Files(SeriesFolder folder, string pattern) =>
        folder.OtherFiles(pattern).Concat(((string[])["versions", "migrations", "migrate"])
            .Where(name => Directory.Exists(folder.FullPath(name)))
            .SelectMany(name => Directory.EnumerateFiles(folder.FullPath(name), pattern).Order(StringComparer.Ordinal).Select(path => $"{name}/{Path.GetFileName(path)}")))
            .Take(Looked);

    [GeneratedRegex(@"from alembic import|import alembic|^down_revision\b", RegexOptions.Multiline, 1000)]
    private static partial Regex Alembic();

    [GeneratedRegex(@"from django\.db import[^\n]*\bmigrations\b", RegexOptions.None, 1000)]
    private static partial Regex Django();

    [GeneratedRegex(@"<\s*ActiveRecord::Migration", RegexOptions.None, 1000)]
    private static partial Regex Rails();

    [GeneratedRegex(@"implements\s+MigrationInterface", RegexOptions.None, 1000)]
    private static partial Regex TypeOrm();

    [GeneratedRegex(@"exports\.up\b[^\n]*\bknex\b|export\s+(async\s+)?function\s+up\s*\(\s*knex\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Knex();

    [GeneratedRegex(@"\bqueryInterface\b", RegexOptions.None, 1000)]
    private static partial Regex Sequelize();

    [GeneratedRegex(@"protected\s+override\s+void\s+Up\s*\(\s*MigrationBuilder\b", RegexOptions.None, 1000)]
    private static partial Regex EfCore();

    [GeneratedRegex(@"\[\s*(FluentMigrator\.)?Migration\s*\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FluentMigrator();

    [GeneratedRegex(@"use\s+Ecto\.Migration", RegexOptions.None, 1000)]
    private static partial Regex Ecto();

    [GeneratedRegex(@"extends\s+Migration\b", RegexOptions.None, 1000)]
    private static partial Regex Laravel();
}
