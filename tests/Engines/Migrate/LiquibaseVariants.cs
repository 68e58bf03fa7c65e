using System.Xml.Linq;
using Lockkeeper.Migrate.Formats.Liquibase.Changes;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>A change with one attribute more than its base has.</summary>
/// <param name="Id">The id of its changeset.</param>
/// <param name="BaseId">The one of its base.</param>
/// <param name="Change">The change type.</param>
/// <param name="Attribute">The attribute.</param>
/// <param name="Element">The change.</param>
internal sealed record LiquibaseVariant(string Id, string BaseId, string Change, string Attribute, XElement Element)
{
    /// <summary>The attribute, and those beside it: where two exclude each other, either may be named.</summary>
    public IEnumerable<string> Names => Element.DescendantsAndSelf().Where(element => element.Attribute(Attribute) is not null).SelectMany(element => element.Attributes()).Select(attribute => attribute.Name.LocalName);

    public string Words => $"{Attribute} in {Element.ToString(SaveOptions.DisableFormatting).Replace($" xmlns=\"{LiquibaseVariants.Namespace}\"", "", StringComparison.Ordinal)}";
}

/// <summary>Changes of every covered type, plain and with each attribute that the schema lets them have.</summary>
internal static class LiquibaseVariants
{
    public static readonly XNamespace Namespace = "http://www.liquibase.org/xml/ns/dbchangelog";

    private static readonly XNamespace Instance = "http://www.w3.org/2001/XMLSchema-instance";

    private static readonly string[] Columns =
    [
        "<column name='c' type='int'><constraints/></column>", "<column name='c' type='int'><constraints primaryKey='true'/></column>", "<column name='c' type='int'><constraints unique='true'/></column>",
        "<column name='c' type='int'><constraints foreignKeyName='fk' references='o(id)'/></column>", "<column name='c' type='int'><constraints foreignKeyName='fk' referencedTableName='o' referencedColumnNames='id'/></column>",
        "<column name='c' type='int'><constraints nullable='false'/></column>", "<column name='c' type='int' autoIncrement='true'/>",
    ];

    /// <summary>What is put in place of an attribute's value, by its name; an attribute of a type with few values gets all of them.</summary>
    private static readonly Dictionary<string, string> Samples = new(StringComparer.Ordinal)
    {
        ["type"] = "bigint", ["newDataType"] = "bigint", ["dataType"] = "bigint", ["columnDataType"] = "bigint", ["where"] = "1 = 1", ["encoding"] = "ISO-8859-1", ["separator"] = ";", ["quotchar"] = "'",
        ["commentLineStartsWith"] = "1", ["dbms"] = "oracle", ["endDelimiter"] = "#", ["defaultValueDate"] = "2020-01-02", ["valueDate"] = "2020-01-02", ["valueBoolean"] = "true", ["valueNumeric"] = "7",
        ["defaultValueBoolean"] = "true", ["defaultValueNumeric"] = "7", ["generationType"] = "ALWAYS", ["references"] = "other(id)", ["header"] = "b", ["index"] = "1", ["tag"] = "v2", ["defaultValueComputed"] = "now()", ["valueComputed"] = "now()",
        ["startValue"] = "7", ["incrementBy"] = "7", ["maxValue"] = "7000", ["minValue"] = "1", ["cacheSize"] = "7", ["associatedWith"] = "foreignKey", ["valueClobFile"] = "other.txt", ["valueBlobFile"] = "other.txt",
    };

    public static IReadOnlyList<LiquibaseVariant> All(LiquibaseSchema schema)
    {
        var all = new List<LiquibaseVariant>();
        foreach (var change in schema.Elements.Where(ChangeTypes.Knows))
        {
            foreach (var written in Bases(change))
            {
                var plain = Parse(written);
                var plainId = $"{all.Count}";
                all.Add(new LiquibaseVariant(plainId, plainId, change, "", plain));
                foreach (var (path, attribute, type) in schema.AttributesBelow(change))
                    all.AddRange(Values(path, attribute, type).Select(value => With(plain, path, attribute, value)).OfType<XElement>().Select((element, i) => new LiquibaseVariant($"{plainId}-{path.Replace('/', '-')}-{attribute}-{i}", plainId, change, attribute, element)));
            }
        }

        return all;
    }

    public static string Changelog(IEnumerable<LiquibaseVariant> variants) => new XElement(
        Namespace + "databaseChangeLog",
        new XAttribute(XNamespace.Xmlns + "xsi", Instance), new XAttribute(Instance + "schemaLocation", $"{Namespace} {Namespace}/dbchangelog-4.28.xsd"), variants.Select(variant => new XElement(Namespace + "changeSet", new XAttribute("id", variant.Id), new XAttribute("author", "a"), new XAttribute("failOnError", "false"), variant.Element))).ToString();

    /// <summary>The files that changes name.</summary>
    public static void WriteFiles(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "rows.csv"), "a,b\n1,'x;y'\n2,\n");
        File.WriteAllText(Path.Combine(folder, "other.csv"), "a\n3\n");
        File.WriteAllText(Path.Combine(folder, "one.sql"), "DO $$BEGIN NULL; -- one\nEND$$;\n# SELECT 2;");
        File.WriteAllText(Path.Combine(folder, "other.sql"), "SELECT 3;");
        File.WriteAllText(Path.Combine(folder, "other.txt"), "text");
    }

    private static IEnumerable<string> Bases(string change) => change switch
    {
        "createTable" or "addColumn" => Columns.Select(column => $"<{change} tableName='t'>{column}</{change}>"),
        "dropTable" or "dropAllForeignKeyConstraints" => [$"<{change} {(change == "dropTable" ? "tableName" : "baseTableName")}='t'/>"],
        "renameTable" => ["<renameTable oldTableName='t' newTableName='u'/>"],
        "setTableRemarks" => ["<setTableRemarks tableName='t' remarks='r'/>"],
        "setColumnRemarks" => ["<setColumnRemarks tableName='t' columnName='c' remarks='r'/>"],
        "dropColumn" => ["<dropColumn tableName='t' columnName='c'/>", "<dropColumn tableName='t'><column name='c'/></dropColumn>"],
        "renameColumn" => ["<renameColumn tableName='t' oldColumnName='c' newColumnName='d' columnDataType='int'/>"],
        "modifyDataType" => ["<modifyDataType tableName='t' columnName='c' newDataType='int'/>"],
        "addAutoIncrement" => ["<addAutoIncrement tableName='t' columnName='c' columnDataType='int'/>"],
        "addNotNullConstraint" or "dropNotNullConstraint" or "dropDefaultValue" => [$"<{change} tableName='t' columnName='c' columnDataType='int'/>"],
        "addDefaultValue" => ["<addDefaultValue tableName='t' columnName='c' columnDataType='int'/>", "<addDefaultValue tableName='t' columnName='c' defaultValue='1'/>"],
        "addPrimaryKey" => ["<addPrimaryKey tableName='t' columnNames='c' constraintName='k'/>"],
        "dropPrimaryKey" => ["<dropPrimaryKey tableName='t' constraintName='k'/>"],
        "addUniqueConstraint" => ["<addUniqueConstraint tableName='t' columnNames='c' constraintName='k'/>"],
        "dropUniqueConstraint" => ["<dropUniqueConstraint tableName='t' constraintName='k'/>"],
        "addForeignKeyConstraint" => ["<addForeignKeyConstraint baseTableName='t' baseColumnNames='c' constraintName='k' referencedTableName='o' referencedColumnNames='id'/>"],
        "dropForeignKeyConstraint" => ["<dropForeignKeyConstraint baseTableName='t' constraintName='k'/>"],
        "createIndex" => ["<createIndex tableName='t' indexName='i'><column name='c'/></createIndex>"],
        "dropIndex" => ["<dropIndex tableName='t' indexName='i'/>"],
        "createSequence" or "dropSequence" => [$"<{change} sequenceName='s'/>"],
        "alterSequence" => ["<alterSequence sequenceName='s' incrementBy='2'/>"],
        "renameSequence" => ["<renameSequence oldSequenceName='s' newSequenceName='u'/>"],
        "createView" => ["<createView viewName='v'>SELECT 1</createView>", "<createView viewName='v' path='one.sql'/>"],
        "dropView" => ["<dropView viewName='v'/>"],
        "renameView" => ["<renameView oldViewName='v' newViewName='w'/>"],
        "createProcedure" => ["<createProcedure procedureName='p'>CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'</createProcedure>", "<createProcedure procedureName='p' path='one.sql'/>"],
        "dropProcedure" => ["<dropProcedure procedureName='p'/>"],
        "insert" => ["<insert tableName='t'><column name='c'/></insert>"],
        "update" => ["<update tableName='t'><column name='c'/></update>", "<update tableName='t'><column name='c' value='1'/><where>:name = :value</where><whereParams><param name='d'/></whereParams></update>"],
        "delete" => ["<delete tableName='t'/>", "<delete tableName='t'><where>:name = :value</where><whereParams><param name='d'/></whereParams></delete>"],
        "loadData" => ["<loadData tableName='t' file='rows.csv'><column name='a' type='NUMERIC'/><column name='b' type='STRING'/></loadData>"],
        "sql" => ["<sql>DO $$BEGIN NULL; -- one\nEND$$;\n# SELECT 2</sql>"],
        "sqlFile" => ["<sqlFile path='one.sql'/>"],
        "tagDatabase" => ["<tagDatabase tag='v1'/>"],
        "output" => ["<output>said</output>"],
        "empty" => ["<empty/>"],
        _ => throw new InvalidOperationException($"write down a plain {change} here"),
    };

    private static IEnumerable<string> Values(string path, string attribute, string type) => type switch
    {
        "booleanExp" or "xsd:boolean" => ["true", "false"],
        "integerExp" or "xsd:integer" or "xsd:long" => ["1"],
        "fkCascadeActionOptions" => ["CASCADE"],
        "columnParentTypeEnum" => ["VIEW"],
        _ when attribute is "path" => ["other.sql"],
        _ when attribute is "file" => ["other.csv"],
        _ when attribute is "type" && path == "column" => ["bigint", "STRING"],
        _ => [Samples.GetValueOrDefault(attribute, "other")],
    };

    /// <summary>The change with the attribute set; null when it has no such element.</summary>
    private static XElement? With(XElement plain, string path, string attribute, string value)
    {
        var copy = new XElement(plain);
        var place = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate((XElement?)copy, (element, name) => element?.Element(Namespace + name));
        if (place is null || place.Attribute(attribute)?.Value == value)
            return null;
        place.SetAttributeValue(attribute, value);
        return path.EndsWith("constraints", StringComparison.Ordinal) && attribute.StartsWith("refer", StringComparison.Ordinal) && place.Attribute("foreignKeyName") is null ? null : copy;
    }

    private static XElement Parse(string written) => XElement.Parse(written.Insert(written.IndexOfAny([' ', '/', '>'], 1), $" xmlns='{Namespace}'"), LoadOptions.PreserveWhitespace);
}
