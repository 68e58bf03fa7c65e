using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Schema;

public sealed class DumpAndRestoreTests
{
    [Fact]
    public async Task a_schema_with_one_of_everything_keeps_its_fingerprint()
    {
        await using var database = await Schemas.MakeAsync(Schemas.Everything);
        var before = await Schemas.ReadAsync(database);
        before.Objects.Count.ShouldBeGreaterThan(300);
        await using var restored = await Schemas.RestoredAsync(database);
        Schemas.ShouldBeTheSame(before, await Schemas.ReadAsync(restored));
        await using var again = await Schemas.RestoredAsync(restored);
        Schemas.ShouldBeTheSame(before, await Schemas.ReadAsync(again));
    }

    [Fact]
    public async Task so_it_does_when_owners_are_left_out()
    {
        await using var database = await Schemas.MakeAsync(Schemas.Everything);
        await database.ExecuteAsync(""""
            DO $$ BEGIN CREATE ROLE schema_owner; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
            ALTER TABLE app.renamed OWNER TO schema_owner;
            ALTER FUNCTION app.same_name(integer) OWNER TO schema_owner;
            ALTER SCHEMA "Odd ""Schema""" OWNER TO schema_owner;
            """");
        var before = await Schemas.ReadAsync(database);
        await using var restored = await Schemas.RestoredAsync(database, "--no-owner");
        (await restored.ScalarAsync("SELECT tableowner FROM pg_tables WHERE tablename = 'renamed'")).ShouldBe("postgres");
        Schemas.ShouldBeTheSame(before, await Schemas.ReadAsync(restored));
    }

    [Fact]
    public async Task so_it_does_on_another_server_of_the_same_version()
    {
        await using var database = await Schemas.MakeAsync(Schemas.Everything);
        await using var cluster = await TestCluster.StartAsync();
        await using var elsewhere = await TestDatabase.CreateAsync(cluster: cluster);
        await Psql.OutputAsync(elsewhere.Url, Schemas.Everything);
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(database), await Schemas.ReadAsync(elsewhere));
    }
}
