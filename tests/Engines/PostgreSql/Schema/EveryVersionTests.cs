using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Schema;

/// <summary>The catalogs of every major version that is supported; fetches servers that are not installed.</summary>
[Trait("Category", "Long")]
public sealed class EveryVersionTests
{
    // What came with a version, and the property that shows it.
    private static readonly (int Since, string Sql, string Item, string Property, string Value)[] News =
    [
        (14, "ALTER TABLE app.renamed ADD COLUMN packed text COMPRESSION pglz", "column app.renamed.packed", "compression", "pglz"),
        (14, "CREATE TYPE app.intspan AS RANGE (subtype = integer, multirange_type_name = app.intspans)", "range type app.intspan", "multirange type", "app.intspans"),
        (15, "CREATE UNIQUE INDEX renamed_c ON app.renamed (c) NULLS NOT DISTINCT", "index app.renamed_c", "definition", "btree (c) NULLS NOT DISTINCT"),
        (18, "ALTER TABLE app.renamed ADD COLUMN twice integer GENERATED ALWAYS AS (c * 2)", "column app.renamed.twice", "generated", "(c * 2) virtual"),
        (18, "ALTER TABLE app.renamed ADD CONSTRAINT hoped CHECK (c > 1) NOT ENFORCED", "constraint app.renamed.hoped", "definition", "CHECK ((c > 1)) NOT ENFORCED"),
    ];

    [Theory]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(18)]
    public async Task a_schema_is_read_and_fingerprinted(int version)
    {
        var options = new SandboxOptions { Name = "tests", Ephemeral = true, MajorVersion = version, Settings = new Dictionary<string, string> { ["wal_level"] = "logical" } };
        await using var cluster = await SandboxCluster.StartAsync(options, TestPorts.Create(), CancellationToken.None);
        await using var one = await MakeAsync(cluster, version);
        await using var other = await MakeAsync(cluster, version);
        var snapshot = await Schemas.ReadAsync(one);
        // Older versions and builds without contrib modules or ICU refuse some statements; the rest is there.
        snapshot.Objects.Count.ShouldBeGreaterThan(200);
        snapshot.Objects.ShouldAllBe(item => item.Kind != "constraint" || !item["definition"]!.StartsWith("NOT NULL"));
        foreach (var (since, _, item, property, value) in News)
            (snapshot.Objects.SingleOrDefault(one => one.ToString() == item)?[property]).ShouldBe(version >= since ? value : null, $"{item} on {version}");

        Schemas.ShouldBeTheSame(snapshot, await Schemas.ReadAsync(other));
    }

    private static async Task<TestDatabase> MakeAsync(SandboxCluster cluster, int version)
    {
        var database = await TestDatabase.CreateAsync(cluster: cluster);
        await Psql.RunAsync(database.Url, Schemas.Everything, new PsqlOptions { StopOnError = false });
        foreach (var (since, sql, _, _, _) in News)
            if (version >= since) await Psql.OutputAsync(database.Url, sql);

        return database;
    }
}
