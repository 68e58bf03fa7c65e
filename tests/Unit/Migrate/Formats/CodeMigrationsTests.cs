using Lockkeeper.Migrate;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class CodeMigrationsTests
{
    [Theory]
    [InlineData("Alembic", "versions/1975ea83b712_a.py", "from alembic import op\n")]
    [InlineData("Alembic", "1975ea83b712_a.py", "down_revision = None\n")]
    [InlineData("Django", "0001_initial.py", "from django.db import migrations, models\n")]
    [InlineData("Rails", "20240101120000_a.rb", "class A < ActiveRecord::Migration[8.0]\n")]
    [InlineData("Rails", "migrate/20240101120000_a.rb", "class A < ActiveRecord::Migration[8.0]\n")]
    [InlineData("TypeORM", "1700000000000-a.ts", "export class A1700000000000 implements MigrationInterface {\n")]
    [InlineData("Knex", "20240101_a.js", "exports.up = function(knex) {\n")]
    [InlineData("Knex", "20240101_a.ts", "export async function up(knex: Knex): Promise<void> {\n")]
    [InlineData("Sequelize", "20240101-a.js", "module.exports = { async up(queryInterface, Sequelize) {\n")]
    [InlineData("EF Core", "20240101120000_A.cs", "protected override void Up(MigrationBuilder migrationBuilder)\n")]
    [InlineData("FluentMigrator", "A.cs", "[Migration(20240101)]\npublic class A : Migration\n")]
    [InlineData("Ecto", "20240101_a.exs", "use Ecto.Migration\n")]
    [InlineData("Laravel", "2024_01_01_a.php", "return new class extends Migration\n")]
    public void a_folder_of_programs_is_named_with_a_way_to_get_sql_out_of_it(string tool, string file, string text)
    {
        using var folder = new FormatFolder();
        folder.Write("__init__.py", "").Write(file, "# something else\n" + text);
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.UnknownFormat);
        refused.Message.ShouldBe($"the migrations in migrations are programs for {tool}, which only it can run");
        refused.Hint.ShouldNotBeEmpty();
        refused.At!.File.ShouldBe($"migrations/{file}");
    }

    [Fact]
    public void other_programs_beside_migrations_are_left_alone()
    {
        using var folder = new FormatFolder("0001.sql");
        folder.Write("run.py", "import subprocess\n");
        folder.Read().Format.ShouldBe("plain");
    }
}
