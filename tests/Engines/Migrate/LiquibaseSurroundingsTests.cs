using System.Xml.Linq;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>What stands around the changes of a changelog, by Liquibase's own XML schema: each attribute makes a difference or is refused by name and place.</summary>
public sealed class LiquibaseSurroundingsTests
{
    /// <summary>
    /// What asks for nothing: notes, what counts for other servers, what only decides how SQL is printed; and what makes no difference to this changelog, whose files are all there and
    /// which stands where its includes count from.
    /// </summary>
    private static readonly string[] Harmless = ["changeLogId", "created", "runWithSpoolFile", "onSqlOutput", "catalogName", "global", "errorIfMissing", "errorIfMissingOrEmpty", "relativeToChangelogFile"];

    private static readonly string[] Preconditions =
    [
        "<dbms type='postgresql'/>", "<runningAs username='u'/>", "<changeSetExecuted id='0' author='b' changeLogFile='c.xml'/>", "<tableExists tableName='t'/>", "<columnExists tableName='t' columnName='c'/>",
        "<sequenceExists sequenceName='s'/>", "<foreignKeyConstraintExists foreignKeyTableName='t' foreignKeyName='k'/>", "<indexExists indexName='i'/>", "<uniqueConstraintExists tableName='t' constraintName='k'/>",
        "<rowCount tableName='t' expectedRows='1'/>", "<tableIsEmpty tableName='t'/>", "<primaryKeyExists primaryKeyName='k'/>", "<viewExists viewName='v'/>", "<sqlCheck expectedResult='1'>SELECT 1</sqlCheck>",
    ];

    [Theory]
    [InlineData("changeSet")]
    [InlineData("preConditions")]
    [InlineData("property")]
    [InlineData("include")]
    [InlineData("includeAll")]
    [InlineData("databaseChangeLog")]
    public void each_attribute_makes_a_difference_or_is_refused_by_name(string element)
    {
        var schema = LiquibaseSchema.Load();
        var path = element switch { "databaseChangeLog" => "", "preConditions" => "changeSet/preConditions", _ => element };
        var attributes = schema.AttributesBelow("databaseChangeLog").Where(found => found.Path == path).Select(found => found.Attribute).Distinct().ToList();
        attributes.ShouldNotBeEmpty();
        foreach (var attribute in attributes)
            ShouldCount("<dbms type='postgresql'/>", element, attribute);
    }

    [Fact]
    public void each_attribute_of_a_precondition_makes_a_difference_or_is_refused_by_name()
    {
        var schema = LiquibaseSchema.Load();
        foreach (var precondition in Preconditions)
        {
            var name = XElement.Parse(precondition).Name.LocalName;
            foreach (var (_, attribute, _) in schema.AttributesBelow(name))
                ShouldCount(precondition, name, attribute);
        }
    }

    private static void ShouldCount(string precondition, string element, string attribute)
    {
        if (Harmless.Contains(attribute))
            return;
        var (plain, _) = Read(precondition, _ => { });
        plain.ShouldNotBeEmpty();
        var (with, refusal) = Read(precondition, root =>
        {
            foreach (var found in root.DescendantsAndSelf(element).ToList())
                found.SetAttributeValue(attribute, Sample(attribute));
        });
        if (refusal is null)
            with.ShouldNotBe(plain, $"{attribute} of {element} is passed over");
        else
            (refusal.At is not null && (refusal.Code != MigrateErrors.NotSupported || refusal.Message.Contains(attribute, StringComparison.Ordinal) || refusal.Message.Contains(Sample(attribute), StringComparison.Ordinal))).ShouldBeTrue($"{attribute} of {element}: {refusal}");
    }

    private static string Sample(string attribute) => attribute switch
    {
        "runInTransaction" or "failOnError" => "false",
        "runOnChange" or "runAlways" or "ignore" or "relativeToChangelogFile" => "true",
        "objectQuotingStrategy" => "QUOTE_ALL_OBJECTS",
        "onFail" or "onError" => "WARN",
        "dbms" => "oracle",
        "minDepth" => "2",
        "maxDepth" => "0",
        _ => "other",
    };

    private static (string Series, LockkeeperException? Refusal) Read(string precondition, Action<XElement> change)
    {
        using var folder = new TestFolder();
        folder.Write("m/sub/more.sql", "--liquibase formatted sql\n--changeset b:2\nSELECT 2;\n");
        folder.Write("m/all/one.sql", "--liquibase formatted sql\n--changeset b:3\nSELECT 3;\n");
        folder.Write("m/sub/sub/more.sql", "--liquibase formatted sql\n--changeset b:4\nSELECT 4;\n");
        var root = XElement.Parse($"""
            <databaseChangeLog><property name="p" value="v"/><changeSet id="1" author="a"><preConditions>{precondition}</preConditions><createTable tableName="t"><column name="c" type="int" defaultValue="$p"/></createTable></changeSet>
            <include file="sub/more.sql"/><includeAll path="all"/></databaseChangeLog>
            """.Replace("$p", "${p}"));
        change(root);
        folder.Write("m/sub/changelog.xml", root.ToString());
        folder.Write("m/db.changelog-master.xml", root.ToString());
        try
        {
            var config = new DatabaseConfig { Name = "db", Engine = "postgres", Migrations = "m/db.changelog-master.xml", Format = "liquibase", Contexts = ["prod"], LabelFilter = "mine" };
            return (string.Join('\n', SeriesReader.Read(config, folder.Path).Migrations.Select(Words)), null);
        }
        catch (LockkeeperException e)
        {
            return ("", e);
        }
    }

    private static string Words(Migration migration) => string.Join(
        ' ', migration.Id, migration.Kind, migration.Disabled, migration.RunAlways, migration.AcceptsEdits, migration.LeavesFailed, migration.OutOfOrder, migration.Up.NoTransaction, migration.Up.Text, migration.Changeset,
        migration.Preconditions?.Root.Words, migration.Preconditions?.OnFail, migration.Preconditions?.OnError, migration.Preconditions?.FailMessage, migration.Preconditions?.ErrorMessage);
}
