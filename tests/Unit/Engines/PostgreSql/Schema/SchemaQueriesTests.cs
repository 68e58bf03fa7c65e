using Lockkeeper.Engines.PostgreSql.Schema;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Schema;

public sealed class SchemaQueriesTests
{
    private const string Sql = "/* lk:x */ SELECT a, /*14+ b, */ /*15-16 c, */ d";

    [Theory]
    [InlineData(13, "/* lk:x */ SELECT a,   d")]
    [InlineData(14, "/* lk:x */ SELECT a,  b,   d")]
    [InlineData(15, "/* lk:x */ SELECT a,  b,   c,  d")]
    [InlineData(17, "/* lk:x */ SELECT a,  b,   d")]
    public void text_for_some_versions_is_opened_for_those_only(int major, string expected) => SchemaQueries.ForVersion(Sql, major).ShouldBe(expected);

    [Fact]
    public void every_file_is_listed_and_tagged()
    {
        var files = typeof(SchemaQueries).Assembly.GetManifestResourceNames().Where(name => name.Contains(".Schema.Sql.", StringComparison.Ordinal)).ToArray();
        files.Length.ShouldBe(SchemaQueries.Names.Count);
        SchemaQueries.For(18).Zip(SchemaQueries.Names).ShouldAllBe(pair => pair.First.StartsWith($"/* lk:schema.{pair.Second} */", StringComparison.Ordinal));
    }
}
