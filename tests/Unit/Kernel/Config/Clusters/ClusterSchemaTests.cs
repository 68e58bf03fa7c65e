using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Shape;
using Lockkeeper.Kernel.Config.Shape.Clusters;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Tests.TestKit;
using NJsonSchema;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config.Clusters;

/// <summary>The keys of declared clusters: schema, page and examples.</summary>
public sealed class ClusterSchemaTests
{
    [Fact]
    public void the_printed_schema_is_the_one_of_this_version() => Golden.Check("docs/reference/cluster.schema.json", SchemaText.Write(SchemaText.BuildCluster()));

    [Fact]
    public void the_page_of_every_key_is_the_one_of_this_version() => Golden.Check("docs/reference/clusters.md", ClusterReferencePage.Text());

    [Fact]
    public async Task a_file_with_every_key_is_accepted_by_another_programs_validator()
    {
        var schema = await JsonSchema.FromJsonAsync(SchemaText.Write(SchemaText.BuildCluster()));
        foreach (var sample in new[] { ClusterSample.Full, ClusterSample.Managed, ClusterSample.Aurora })
            schema.Validate(YamlAsJson.Convert(sample)).Select(error => error.ToString()).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_key_that_does_not_exist_is_refused_by_another_programs_validator()
    {
        var schema = await JsonSchema.FromJsonAsync(SchemaText.Write(SchemaText.BuildCluster()));
        schema.Validate(YamlAsJson.Convert(ClusterSample.Full.Replace("connection_limit", "connections", StringComparison.Ordinal))).ShouldNotBeEmpty();
    }

    [Fact]
    public void every_key_has_words_and_an_example_that_is_read()
    {
        foreach (var key in ClusterShape.Records.SelectMany(record => record.Keys))
        {
            key.Help.ShouldEndWith(".");
            char.IsUpper(key.Help[0]).ShouldBeTrue(key.Help);
            foreach (var text in new[] { key.Example, key.Default }.OfType<string>())
            {
                var problems = new Problems(key.Name);
                var node = new YamlTreeReader(text, problems).Read().ShouldNotBeNull();
                key.TryRead(node, problems, new Fields());
                problems.ThrowIfAny();
            }
        }
    }

    [Fact]
    public void the_sample_has_every_key()
    {
        foreach (var key in ClusterShape.Records.SelectMany(record => record.Keys).Where(key => key.Name != "template"))
            (ClusterSample.Full + ClusterSample.Managed + ClusterSample.Aurora).ShouldContain(key.Name + ":");
    }
}
