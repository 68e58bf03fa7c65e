using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.PostgreSql.Lint;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Tests.Engines.Migrate.Lint;

/// <summary>Lints statements without a project.</summary>
internal static class SeriesLint
{
    /// <summary>The findings of files, each a release of its own, after an earlier one.</summary>
    public static IReadOnlyList<Finding> Of(string before, CatalogFacts? target, params IReadOnlyList<string> files)
    {
        var migrations = files.Prepend(before).Select((text, index) => new Migration($"{index}.sql", MigrationKind.Planned, null, $"{index}.sql", MigrationScript.Of(text, $"{index}.sql"), null)).ToList();
        var input = new LintInput(
            new MigrationSeries("shop", "plain", "a test", migrations), new DatabaseConfig { Name = "shop", Engine = "postgres", Migrations = "migrations" }, migration => migration != migrations[0])
        {
            Target = target,
        };
        return [.. new PostgreSqlLinter().Lint(input, CancellationToken.None).SelectMany(script => script.Findings)];
    }
}
