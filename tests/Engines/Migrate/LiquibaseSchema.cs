using System.IO.Compression;
using System.Xml.Linq;
using Lockkeeper.Tests.TestKit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>The XML schema that Liquibase 4.28 carries in its jar: which attributes its elements may have.</summary>
internal sealed class LiquibaseSchema
{
    private static readonly XNamespace Xsd = "http://www.w3.org/2001/XMLSchema";

    private readonly XElement root;

    private LiquibaseSchema(XElement root) => this.root = root;

    public static LiquibaseSchema Load()
    {
        using var jar = ZipFile.OpenRead(Path.Combine(Corpora.Folder("liquibase"), "dist/liquibase/internal/lib/liquibase-core.jar"));
        using var schema = jar.GetEntry("www.liquibase.org/xml/ns/dbchangelog/dbchangelog-4.28.xsd")!.Open();
        return new LiquibaseSchema(XElement.Load(schema));
    }

    /// <summary>The elements that stand alone, changes among them.</summary>
    public IEnumerable<string> Elements => root.Elements(Xsd + "element").Select(element => element.Attribute("name")!.Value);

    /// <summary>The attributes of a change and of every element that may stand in it: the path from the change to the element, the attribute, and its type.</summary>
    public IReadOnlyList<(string Path, string Attribute, string Type)> AttributesBelow(string name) => [.. Walk(Named("element", name), "")];

    private IEnumerable<(string, string, string)> Walk(XElement element, string path)
    {
        var full = element.Attribute("ref") is { } reference ? Named("element", reference.Value) : element;
        foreach (var (attribute, type) in Attributes(full))
            yield return (path, attribute, type);
        foreach (var child in Children(full))
        {
            var name = (child.Attribute("ref") ?? child.Attribute("name"))!.Value;
            foreach (var found in Walk(child, path.Length == 0 ? name : $"{path}/{name}"))
                yield return found;
        }
    }

    private IEnumerable<(string, string)> Attributes(XElement element)
    {
        foreach (var part in Parts(element))
        {
            if (part.Name == Xsd + "attribute")
                yield return (part.Attribute("name")!.Value, part.Attribute("type")?.Value ?? "xsd:string");
            else if (part.Name == Xsd + "attributeGroup")
            {
                foreach (var found in Attributes(Named("attributeGroup", part.Attribute("ref")!.Value)))
                    yield return found;
            }
        }
    }

    private IEnumerable<XElement> Children(XElement element) => Parts(element).Where(part => part.Name == Xsd + "element");

    /// <summary>Attributes, groups of them and elements, through the types and sequences that they stand in.</summary>
    private IEnumerable<XElement> Parts(XElement element)
    {
        if (element.Attribute("type") is { } type && root.Elements(Xsd + "complexType").FirstOrDefault(candidate => candidate.Attribute("name")?.Value == type.Value) is { } named)
        {
            foreach (var part in Parts(named))
                yield return part;
        }

        foreach (var child in element.Elements())
        {
            if (child.Name == Xsd + "attribute" || child.Name == Xsd + "element" || child.Name == Xsd + "attributeGroup")
                yield return child;
            else if (child.Name.LocalName is "complexType" or "sequence" or "choice" or "complexContent" or "extension")
            {
                foreach (var part in Parts(child))
                    yield return part;
            }
        }
    }

    private XElement Named(string kind, string name) => root.Elements(Xsd + kind).First(element => element.Attribute("name")?.Value == name);
}
