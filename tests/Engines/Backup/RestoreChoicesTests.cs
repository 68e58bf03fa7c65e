using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Backup;

/// <summary>One database, tablespaces, a copy brought up to date, and what is said of what no backup holds.</summary>
public sealed class RestoreChoicesTests
{
    [Fact]
    public async Task one_database_tablespaces_and_a_copy_of_before_are_restored_and_what_is_lacking_is_said()
    {
        await using var project = await BackupProject.CreateAsync();
        var place = await project.MakeFolderAsync("fast");
        await project.SqlAsync($"CREATE TABLESPACE fast LOCATION '{place}'; CREATE DATABASE shop; CREATE DATABASE other");
        await project.SqlAsync("CREATE TABLE orders (id serial PRIMARY KEY) TABLESPACE fast; INSERT INTO orders SELECT generate_series(1, 100); SELECT pg_create_physical_replication_slot('reader')");
        (await project.RunAsync("take", "--no-manifest")).ExitCode.ShouldBe(0);
        var drill = await project.RunAsync("drill");
        drill.ExitCode.ShouldBe(0, drill.ToString());

        var to = await project.MakeFolderAsync("copy");
        var one = await project.JsonAsync("restore", "--database", "shop", "--to", to);
        Lacks(one).ShouldContain("database other is there by name only, its files were not restored: DROP DATABASE \"other\"", customMessage: one.ToJsonString());
        Lacks(one).ShouldContain(lack => lack.StartsWith("replication slot reader (physical) is not in a backup", StringComparison.Ordinal));
        await BackupProject.AskAsync(one, "DROP DATABASE other");
        (await project.RunAsync("restore", "--to", to, "--delta")).Errors.ShouldContain("runs");
        (await project.RunAsync("restore", "--database", "nowhere")).Errors.ShouldContain("nowhere");

        await project.StopAsync(one);
        (await project.RunAsync("restore", "--to", to)).Errors.ShouldContain("LK5011");
        var again = await project.JsonAsync("restore", "--to", to, "--delta");
        again["folder"].ShouldNotBeNull(again.ToJsonString());
        Lacks(again).ShouldContain("database postgres: sequence orders_id_seq stands at 1, and orders.id goes up to 100");
        (await BackupProject.AskAsync(again, "SELECT count(*), (SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = 'fast') LIKE '%/tablespaces/%' FROM orders")).ShouldBe("100|t");
        await project.StopAsync(again);

        // What fails puts all of it back, tablespaces too.
        var failed = await project.RunAsync("restore", "--in-place", "--target", "xid:4000000000", "--yes", "--confirm", "main");
        failed.ExitCode.ShouldBe(3, failed.ToString());
        (await project.Server.ScalarAsync("postgres", "SELECT count(*) || ' ' || (SELECT count(*) FROM pg_replication_slots) FROM orders")).ShouldBe("100 1");
        Directory.GetDirectories(place, "PG_*.before-*").ShouldBeEmpty();

        var inPlace = await project.RunAsync("restore", "--in-place", "--yes", "--confirm", "main");
        inPlace.ExitCode.ShouldBe(0, inPlace.ToString());
        inPlace.Output.ShouldContain("replication slot reader");
        (await project.Server.ScalarAsync("postgres", "SELECT count(*) FROM orders")).ShouldBe("100");
        (await project.Server.ScalarAsync("postgres", "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = 'fast'")).ShouldBe(place);
        Directory.GetDirectories(place, "PG_*.before-*").Length.ShouldBe(1);
    }

    private static List<string> Lacks(JsonNode restored) => [.. (restored["lacks"]?.AsArray() ?? []).Select(lack => (string)lack!)];
}
