using Lockkeeper.Migrate;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

/// <summary>Attributes that ask for what does not happen are refused by name and place; those around the changes all count.</summary>
public sealed class LiquibaseAttributeTests
{
    [Theory]
    [InlineData("""<changeSet id="1" author="a" onValidationFail="MARK_RAN"><sql>SELECT 1</sql></changeSet>""", "onValidationFail=\"MARK_RAN\" in changeSet")]
    [InlineData("""<changeSet id="1" author="a" runWith="psql"><sql>SELECT 1</sql></changeSet>""", "runWith=\"psql\" in changeSet")]
    [InlineData("""<changeSet id="1" author="a" runOrder="first"><sql>SELECT 1</sql></changeSet>""", "runOrder=\"first\" in changeSet")]
    [InlineData("""<changeSet id="1" author="a"><preConditions onValidationFail="HALT"><dbms type="postgresql"/></preConditions><sql>SELECT 1</sql></changeSet>""", "the attribute onValidationFail of preConditions")]
    [InlineData("""<changeSet id="1" author="a"><createTable tableName="t"><column name="c" type="int"><constraints checkConstraint="c > 0"/></column></createTable></changeSet>""", "checkConstraint=\"c > 0\" in constraints")]
    [InlineData("""<changeSet id="1" author="a"><addColumn tableName="t"><column name="c" type="int"><constraints checkConstraint="c > 0"/></column></addColumn></changeSet>""", "checkConstraint=\"c > 0\" in constraints")]
    [InlineData("""<changeSet id="1" author="a"><createTable tableName="t"><column name="c" type="int"><constraints validateNullable="false"/></column></createTable></changeSet>""", "validateNullable=\"false\" in constraints")]
    [InlineData("""<changeSet id="1" author="a"><createTable tableName="t"><column name="c" type="serial" defaultValueNumeric="1"/></createTable></changeSet>""", "defaultValueNumeric=\"1\" in column")]
    [InlineData("""<changeSet id="1" author="a"><alterSequence sequenceName="s" startValue="5"/></changeSet>""", "startValue=\"5\" in alterSequence")]
    [InlineData("""<changeSet id="1" author="a"><loadData tableName="t" file="rows.csv"><column name="a" allowUpdate="false"/></loadData></changeSet>""", "allowUpdate=\"false\" in column")]
    [InlineData("""<changeSet id="1" author="a"><loadData tableName="t" file="rows.csv" encoding="ISO-8859-1"/></changeSet>""", "encoding=\"ISO-8859-1\" in loadData")]
    [InlineData("""<changeSet id="1" author="a"><createProcedure schemaName="x">CREATE PROCEDURE p() LANGUAGE sql AS ''</createProcedure></changeSet>""", "schemaName=\"x\" in createProcedure")]
    [InlineData("""<changeSet id="1" author="a"><addPrimaryKey tableName="t" columnNames="c" clustered="true"/></changeSet>""", "the attribute clustered of addPrimaryKey")]
    public void what_would_not_happen_is_refused_by_name_and_place(string changeset, string what)
    {
        using var folder = new FormatFolder();
        folder.Write("rows.csv", "a\né\n").Write("db.changelog-master.xml", $"<databaseChangeLog>\n{changeset}\n</databaseChangeLog>");
        var error = folder.Refused();
        error.Code.ShouldBe(MigrateErrors.NotSupported, error.ToString());
        error.Message.ShouldBe($"{what} of Liquibase is not covered");
        error.At.ShouldBe(new("migrations/db.changelog-master.xml", 2, changeset.IndexOf(Attribute(what), StringComparison.Ordinal) + 1));

        static string Attribute(string what) => what.StartsWith("the attribute ", StringComparison.Ordinal) ? $" {what.Split(' ')[2]}=".TrimStart() : what[..(what.IndexOf('=', StringComparison.Ordinal) + 1)];
    }

    [Theory]
    [InlineData("""<changeSet id="1" author="a" onValidationFail="HALT"><sql>SELECT 1</sql></changeSet>""", "SELECT 1")]
    [InlineData("""<changeSet id="1" author="a"><createTable tableName="t" tableType="unlogged"><column name="c" type="int"/></createTable></changeSet>""", "CREATE UNLOGGED TABLE t (c INTEGER)")]
    [InlineData("""<changeSet id="1" author="a"><createTable tableName="t"><column name="c" type="int"><constraints primaryKey="true" deferrable="true" initiallyDeferred="true" validatePrimaryKey="true"/></column></createTable></changeSet>""", "CREATE TABLE t (c INTEGER NOT NULL, CONSTRAINT t_pkey PRIMARY KEY (c) DEFERRABLE INITIALLY DEFERRED)")]
    [InlineData("""<changeSet id="1" author="a"><sqlFile path="a.sql" encoding="utf8"/></changeSet>""", "SELECT 'é'")]
    [InlineData("""<changeSet id="1" author="a"><createProcedure replaceIfExists="true">CREATE OR REPLACE PROCEDURE p() LANGUAGE sql AS ''</createProcedure></changeSet>""", "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql AS ''")]
    public void what_liquibase_does_with_it_is_done(string changeset, string sql)
    {
        using var folder = new FormatFolder();
        folder.Write("a.sql", "SELECT 'é'").Write("db.changelog-master.xml", $"<databaseChangeLog>\n{changeset}\n</databaseChangeLog>");
        folder.Read().Migrations.ShouldHaveSingleItem().Up.Parts!.ShouldHaveSingleItem().Text.ShouldBe(sql);
    }

    [Theory]
    [InlineData("any")]
    [InlineData("1:any")]
    [InlineData("ALL")]
    [InlineData("1:*")]
    public void a_changeset_takes_every_edit_by_the_words_that_liquibase_has_for_it(string checksum)
    {
        using var folder = new FormatFolder();
        folder.Write("db.changelog-master.xml", $"<databaseChangeLog><changeSet id=\"1\" author=\"a\"><validCheckSum>{checksum}<comment>8:1</comment></validCheckSum><sql>SELECT 1</sql></changeSet></databaseChangeLog>");
        folder.Read().Migrations.ShouldHaveSingleItem().AcceptsEdits.ShouldBeTrue();
    }

    [Fact]
    public void a_properties_file_that_may_be_missing_is_not_asked_for()
    {
        using var folder = new FormatFolder();
        folder.Write("db.changelog-master.xml", "<databaseChangeLog><property file=\"none.properties\" errorIfMissing=\"false\" encoding=\"UTF-8\"/><changeSet id=\"1\" author=\"a\"><sql>SELECT 1</sql></changeSet></databaseChangeLog>");
        folder.Read().Migrations.Count.ShouldBe(1);
    }
}
