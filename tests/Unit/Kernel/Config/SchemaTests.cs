using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Shape;
using Lockkeeper.Kernel.Config.Verbs;
using Lockkeeper.Tests.TestKit;
using NJsonSchema;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

/// <summary>The JSON schema, checked by another program's validator.</summary>
public sealed class SchemaTests
{
    /// <summary>What a JSON schema cannot know: YAML itself, names elsewhere in the file, and what one value means for another.</summary>
    private static readonly string[] unknowable =
    [
        "syntax-", "tenants-without-url", "tenants-two-kinds", "tenants-canary-alone", "duplicate-", "reference-", "secret-", "value-zone", "value-window-never-open", "value-health-watches-nothing", "value-duration-too-long",
    ];

    public static TheoryData<string> Mistakes => new(ConfigErrorTests.Mistakes.Select(row => row.Data).Where(name => !unknowable.Any(name.StartsWith)));

    [Fact]
    public void the_printed_schema_is_the_one_of_this_version() => Golden.Check("docs/reference/lockkeeper.schema.json", SchemaText.Write(SchemaText.Build()));

    [Fact]
    public async Task a_file_with_every_key_is_accepted() => (await ErrorsAsync(Sample.Full)).ShouldBeEmpty();

    [Theory]
    [InlineData("auto")]
    [InlineData("lockkeeper")]
    [InlineData("flyway")]
    [InlineData("plain")]
    public async Task the_file_that_init_writes_is_accepted(string format)
    {
        var yaml = StartingFile.Text("shop", "migrations/shop", format);
        (await ErrorsAsync(yaml)).ShouldBeEmpty();
        (await ErrorsAsync(StartingFileTests.WithComments(yaml))).ShouldBeEmpty();
    }

    [Fact]
    public async Task the_example_is_accepted_and_read()
    {
        var yaml = await File.ReadAllTextAsync(RepositoryRoot.Path("examples/shop/lockkeeper.yaml"));
        (await ErrorsAsync(yaml)).ShouldBeEmpty();
        var problems = new Problems("lockkeeper.yaml");
        ConfigReader.Parse(yaml, problems);
        problems.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task a_mistake_that_a_schema_can_know_is_refused(string mistake)
    {
        var yaml = await File.ReadAllTextAsync(RepositoryRoot.Path($"{ConfigErrorTests.Folder}/{mistake}.yaml"));
        (await ErrorsAsync(yaml)).ShouldNotBeEmpty();
    }

    [Fact]
    public void every_key_has_words_and_an_example_that_is_read()
    {
        foreach (var key in ConfigShape.Records.SelectMany(record => record.Keys))
        {
            key.Help.ShouldEndWith(".");
            char.IsUpper(key.Help[0]).ShouldBeTrue(key.Help);
            foreach (var text in new[] { key.Example, key.Default }.OfType<string>())
            {
                var problems = new Problems(key.Name);
                var node = new Lockkeeper.Kernel.Config.Yaml.YamlTreeReader(text, problems).Read().ShouldNotBeNull();
                key.TryRead(node, problems, new Fields());
                problems.ThrowIfAny();
            }
        }
    }

    private static async Task<IEnumerable<string>> ErrorsAsync(string yaml)
    {
        var schema = await JsonSchema.FromJsonAsync(SchemaText.Write(SchemaText.Build()));
        return schema.Validate(YamlAsJson.Convert(yaml)).Select(error => error.ToString());
    }
}
