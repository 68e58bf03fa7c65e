using System.Xml.Linq;
using Xunit;

namespace Lockkeeper.Tests.Unit.Architecture;

/// <summary>What the solution and the list of packages hold.</summary>
public sealed class SolutionTests
{
    [Fact]
    public void every_project_is_in_the_solution()
    {
        var listed = XDocument.Parse(Repo.Read("Lockkeeper.slnx")).Descendants("Project").Select(item => item.Attribute("Path")!.Value).ToHashSet();
        Violations.None(
            Repo.Projects("src").Concat(Repo.Projects("tests")).Concat(Repo.Projects("bench")).Where(path => !listed.Contains(path)),
            "Add the project to Lockkeeper.slnx, so that ./test builds it.");
    }

    [Fact]
    public void every_package_says_why_it_is_here()
    {
        var found = new List<string>();
        foreach (var group in XDocument.Parse(Repo.Read("Directory.Packages.props")).Descendants("ItemGroup"))
        {
            var explained = "";
            foreach (var node in group.Nodes())
            {
                if (node is XComment)
                    explained = "*";
                if (node is not XElement { Name.LocalName: "PackageVersion" } package)
                    continue;
                var name = package.Attribute("Include")!.Value;
                var family = name.Split('.')[0];
                if (explained != "*" && explained != family)
                    found.Add(name);
                explained = family;
            }
        }

        Violations.None(found, "Put a comment line above the package in Directory.Packages.props that says what it does here. Packages of one family may share a line.");
    }
}
