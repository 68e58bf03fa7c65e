using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Schema;

public sealed class SchemaReaderTests
{
    [Fact]
    public async Task the_settings_of_the_session_have_no_say_and_stay()
    {
        await using var database = await Schemas.MakeAsync(Schemas.Everything);
        var expected = await Schemas.ReadAsync(database);
        await using var connection = await database.OpenAsync();
        await connection.ExecuteEachAsync("""
            SET search_path = app, public; SET DateStyle = 'SQL, DMY'; SET TimeZone = 'Asia/Tokyo'; SET IntervalStyle = 'iso_8601';
            SET quote_all_identifiers = on; SET extra_float_digits = -10; SET bytea_output = 'escape'; SET standard_conforming_strings = off;
            SET lc_messages = 'C'; SET jit = on
            """);
        Schemas.ShouldBeTheSame(expected, await SchemaReader.ReadAsync(connection, SchemaScope.Default, CancellationToken.None));
        (await ScalarAsync(connection, "SHOW search_path")).ShouldBe("app, public");
        (await ScalarAsync(connection, "SHOW TimeZone")).ShouldBe("Asia/Tokyo");
        (await ScalarAsync(connection, "SHOW transaction_read_only")).ShouldBe("off");
    }

    [Fact]
    public async Task a_role_without_any_privilege_reads_the_same()
    {
        await using var database = await Schemas.MakeAsync(Schemas.Everything);
        await database.ExecuteAsync("""
            DO $$ BEGIN CREATE ROLE schema_stranger LOGIN PASSWORD 'stranger'; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
            """);
        var stranger = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = "schema_stranger", Password = "stranger" };
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(database), await Schemas.ReadAsync(stranger.ConnectionString));
    }

    [Fact]
    public async Task a_pooler_in_transaction_mode_may_be_in_between()
    {
        await using var database = await Schemas.MakeAsync(Schemas.Everything);
        await using var pooler = await PgBouncer.StartAsync(await TestCluster.SharedAsync(), new Dictionary<string, string> { ["default_pool_size"] = "1" });
        var through = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = pooler.Port, Username = "postgres", Password = "any" };
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(database), await Schemas.ReadAsync(through.ConnectionString));

        await using var next = new NpgsqlConnection(through.ConnectionString);
        await next.OpenAsync();
        (await ScalarAsync(next, "SHOW search_path")).ShouldBe("\"$user\", public");
    }

    [Fact]
    public async Task ddl_at_the_same_time_never_gives_half_an_object()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var stop = new CancellationTokenSource();
        var churn = Task.Run(async () =>
        {
            await using var connection = await database.OpenAsync();
            while (!stop.IsCancellationRequested)
                await connection.ExecuteEachAsync("""
                    CREATE TABLE passing (id serial PRIMARY KEY, a text CHECK (a IN ('x', 'y')));
                    CREATE INDEX ON passing (a) WHERE a > 'x';
                    CREATE VIEW passing_view AS SELECT * FROM passing WHERE id > 1;
                    CREATE FUNCTION passing_function(x passing) RETURNS integer LANGUAGE sql AS 'SELECT 1';
                    DROP FUNCTION passing_function; DROP VIEW passing_view; DROP TABLE passing
                    """);
        });
        var read = 0;
        for (var i = 0; i < 40; i++)
        {
            try
            {
                var snapshot = await Schemas.ReadAsync(database);
                var indexes = snapshot.Objects.Where(item => item.Kind is "index" or "constraint" or "view" or "function");
                indexes.ShouldAllBe(item => item["definition"] != null);
                read++;
            }
            catch (LockkeeperException error) when (error.Code == SchemaErrors.KeepsChanging)
            {
                error.Hint.ShouldNotBeNull();
            }
        }

        await stop.CancelAsync();
        await churn;
        read.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task a_cancelled_read_ends_and_leaves_the_connection_usable()
    {
        await using var database = await Schemas.MakeAsync("CREATE TABLE t (id integer); CREATE VIEW v AS SELECT * FROM t");
        await using var locker = await database.OpenAsync();
        // A view's definition waits for whoever holds its table exclusively.
        await locker.ExecuteEachAsync("BEGIN; LOCK TABLE t, v IN ACCESS EXCLUSIVE MODE");
        await using var connection = await database.OpenAsync();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Should.ThrowAsync<OperationCanceledException>(() => SchemaReader.ReadAsync(connection, SchemaScope.Default, cancel.Token));
        await locker.ExecuteEachAsync("ROLLBACK");
        (await SchemaReader.ReadAsync(connection, SchemaScope.Default, CancellationToken.None)).Objects.ShouldContain(item => item.Identity == "public.v");
    }

    [Fact]
    public async Task secrets_in_the_options_of_a_server_are_masked()
    {
        await using var database = await Schemas.MakeAsync(Schemas.Everything);
        var snapshot = await Schemas.ReadAsync(database);
        snapshot.Objects.Single(item => item.ToString() == "server remote")["server options"].ShouldBe("host 'db.example', password '<masked>'");
        snapshot.Objects.SelectMany(item => item.Properties).ShouldAllBe(property => !property.Value.Contains("hunter2"));
    }

    private static async Task<string?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        return await command.ExecuteScalarAsync() as string;
    }
}
