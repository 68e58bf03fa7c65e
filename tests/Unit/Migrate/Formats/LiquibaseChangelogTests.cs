using Lockkeeper.Migrate;
using Lockkeeper.Migrate.PostgreSql;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class LiquibaseChangelogTests
{
    [Fact]
    public void every_change_type_becomes_sql_that_postgresql_parses()
    {
        using var folder = new FormatFolder();
        var fixture = RepositoryRoot.Path("tests/Engines/Migrate/Liquibase");
        folder.Write("db.changelog-master.xml", File.ReadAllText(Path.Combine(fixture, "structure.xml"))).Write("data/person ä.csv", File.ReadAllText(Path.Combine(fixture, "data/person ä.csv")));
        foreach (var migration in folder.Read().Migrations)
            Should.NotThrow(() => ScriptPreparation.Prepare(migration.Up, migration.Up.Text, null));
    }
}
