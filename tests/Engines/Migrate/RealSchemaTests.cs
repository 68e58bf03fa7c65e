using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Whole schemas of other projects, with the upgrades that fit them: applied, applied again, verified, and held against psql's result.</summary>
public sealed class RealSchemaTests
{
    [Theory]
    [InlineData("kamailio", 44)]
    [InlineData("davical", 4)]
    [InlineData("director", 1)]
    [InlineData("ido", 1)]
    [InlineData("roundcube", 1)]
    [InlineData("mediawiki", 2)]
    [InlineData("tt-rss", 1)]
    [InlineData("chado 1 to 1.1", 2)]
    [InlineData("chado 1.1 to 1.2", 2)]
    public async Task a_schema_is_applied_once_and_is_what_psql_makes(string name, int files)
    {
        var series = RealSeries.Of(name);
        await using var project = await AppliedAsync(series, files);
        await using var byPsql = await series.ByPsqlAsync();
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(byPsql), await Schemas.ReadAsync(project["dev"]));
    }

    [Trait("Category", "Long")]
    [Fact]
    public async Task zabbix_with_its_rows_is_applied_once_and_is_what_psql_makes()
    {
        var series = RealSeries.Of("zabbix");
        await using var project = await AppliedAsync(series, 5);
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'")).ShouldBe("178");
        await using var byPsql = await series.ByPsqlAsync();
        var expected = await Schemas.ReadAsync(byPsql);
        Schemas.ShouldBeTheSame(expected, await Schemas.ReadAsync(project["dev"]));
        var rows = RowsOf(expected);
        (await project["dev"].ScalarAsync(rows)).ShouldBe(await byPsql.ScalarAsync(rows));
    }

    // Chado's own comparisons leave functions, views and what comes with the sequence ontology out; whatever else they bring is as in the later schema.
    [Theory]
    [InlineData("1", "1.2")]
    public async Task chado_upgraded_has_nothing_that_the_later_schema_does_not_have(string from, string to)
    {
        await using var upgraded = await RealSeries.Chado(from, to).ByPsqlAsync();
        await using var later = await RealSeries.Numbered(Corpora.ChadoSchema(to)).Edited(text => text.Replace(") @ boxrange", ") <@ boxrange", StringComparison.Ordinal)).ByPsqlAsync();
        var (ours, theirs) = (await Schemas.ReadAsync(upgraded), (await Schemas.ReadAsync(later)).Objects.Select(Name).ToHashSet());
        ours.Objects.Select(Name).Where(name => !theirs.Contains(name)).ShouldBeEmpty();
        ours.Objects.Count(thing => thing.Kind == "table").ShouldBeGreaterThan(100);

        static string Name(SchemaObject thing) => $"{thing.Kind} {thing.Identity}";
    }

    [Trait("Category", "Long")]
    [Fact]
    public async Task an_upgrade_that_takes_more_locks_than_the_server_has_room_for_goes_through_without_a_transaction()
    {
        var series = RealSeries.Chado("1.23", "1.31");
        await using var cluster = await TestCluster.StartAsync(new Dictionary<string, string> { ["max_connections"] = "40", ["max_prepared_transactions"] = "0" });
        await using var database = await TestDatabase.CreateAsync(cluster: cluster);
        await using var project = await LkProject.CreateAsync("dev");
        project.PointTo("dev", database.Url);
        series.CopyTo(project, 0, 2);
        var failed = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        failed.ExitCode.ShouldBe(4, failed.ToString());
        failed.Errors.ShouldContain("LK3060: out of shared memory");
        failed.Errors.ShouldContain("'-- lk: no-transaction' at its top");

        project.File($"migrations/{series.Files[1].Name}", $"-- lk: no-transaction\n{series.Files[1].Text}");
        await ShouldRunAsync(project, "1 applied", "migrate", "apply", "--env", "dev", "--yes");
        await ShouldRunAsync(project, "nothing to do", "migrate", "apply", "--env", "dev", "--yes");
        await ShouldRunAsync(project, "files, history and schema agree", "migrate", "verify");

        await using var byPsql = await TestDatabase.CreateAsync(cluster: cluster);
        foreach (var (_, text) in series.Files)
            await Psql.OutputAsync(byPsql.Url, text);
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(byPsql), await Schemas.ReadAsync(database));
    }

    [Fact]
    public async Task patches_with_a_guard_are_refused_by_it_one_by_one_with_its_reason_and_rolled_back()
    {
        var series = RealSeries.Of("davical");
        await using var project = await AppliedAsync(series, 4);
        var before = (await Schemas.ReadAsync(project["dev"])).Fingerprint;
        Corpora.DavicalPatches.Count.ShouldBe(34);
        foreach (var patch in Corpora.DavicalPatches.Where((_, index) => index % 6 == 0))
        {
            var text = await File.ReadAllTextAsync(patch, TestContext.Current.CancellationToken);
            var file = project.File("migrations/0099_patch.sql", text);
            var refused = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
            refused.ExitCode.ShouldBe(3, refused.ToString());
            if (text.Contains("VACUUM FULL", StringComparison.Ordinal))
            {
                refused.Errors.ShouldContain("LK3020: BEGIN inside a migration file");
                File.Delete(file);
                continue;
            }

            refused.Errors.ShouldContain("LK3060: Database revisions after");
            refused.Errors.ShouldContain("have already been applied.");
            refused.Errors.ShouldContain("STATEMENT: SELECT check_db_revision(");
            refused.Errors.ShouldContain("at migrations/0099_patch.sql:");
            File.Delete(file);
        }

        (await Schemas.ReadAsync(project["dev"])).Fingerprint.ShouldBe(before);
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.migrations")).ShouldBe("4");
    }

    // LedgerSMB marks the changes that may fail, and goes on after them; a series here is what must be in place, so lk stops where psql does.
    [Fact]
    public async Task a_list_in_which_some_files_may_fail_stops_where_psql_stops_and_what_can_run_makes_what_psql_makes()
    {
        var all = LedgerSmb();
        all.Files.Count.ShouldBe(106);
        await using var project = await LkProject.CreateAsync("dev");
        all.CopyTo(project, 0, all.Files.Count);
        var refused = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        refused.ExitCode.ShouldBe(3, refused.ToString());
        refused.Errors.ShouldContain("LK2106: '\\echo' is a command of psql, not SQL");
        refused.Errors.ShouldContain("_Roles.sql:126:1");
        foreach (var (name, _) in all.Files.Where(file => NeedsPsql(file.Text)))
            project.Remove($"migrations/{name}");

        await using var byPsql = await TestDatabase.CreateAsync();
        var failing = new List<(string Name, string Error)>();
        foreach (var (name, text) in all.Files.Where(file => !NeedsPsql(file.Text)))
        {
            var result = await Psql.RunAsync(byPsql.Url, text, new PsqlOptions { SingleTransaction = true });
            if (result.ExitCode != 0)
                failing.Add((name, result.AllOutput.Split('\n').First(line => line.Contains("ERROR:", StringComparison.Ordinal)).Split("ERROR:")[1].Trim()));
        }

        failing.Count.ShouldBeInRange(10, 25);
        foreach (var (name, error) in failing.Take(2))
        {
            var stopped = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
            stopped.ExitCode.ShouldBe(4, stopped.ToString());
            stopped.Errors.ShouldContain($"LK3060: {error}");
            stopped.Errors.ShouldContain($"at migrations/{name}:");
            project.Remove($"migrations/{name}");
        }

        foreach (var (name, _) in failing.Skip(2))
            project.Remove($"migrations/{name}");
        await ShouldRunAsync(project, "applied", "migrate", "apply", "--env", "dev", "--yes");
        await ShouldRunAsync(project, "files, history and schema agree", "migrate", "verify");
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(byPsql), await Schemas.ReadAsync(project["dev"]));

        static bool NeedsPsql(string text) => text.Contains("\n\\echo", StringComparison.Ordinal) || text.Contains("\n\\i ", StringComparison.Ordinal);
    }

    [Fact]
    public async Task extensions_are_updated_version_by_version()
    {
        await using var project = await LkProject.CreateAsync("dev");
        (string Name, string[] Versions)[] extensions =
        [
            ("citext", ["1.4", "1.5", "1.6"]), ("hstore", ["1.4", "1.5", "1.6", "1.7", "1.8"]), ("pg_trgm", ["1.3", "1.4", "1.5", "1.6"]), ("pgstattuple", ["1.4", "1.5"]),
            ("pg_stat_statements", ["1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10"]),
        ];
        var number = 0;
        foreach (var (name, versions) in extensions)
        {
            foreach (var version in versions)
            {
                var sql = version == versions[0] ? $"CREATE EXTENSION {name} VERSION '{version}'" : $"ALTER EXTENSION {name} UPDATE TO '{version}'";
                project.Migration($"{++number:0000}_{name}_{version.Replace('.', '_')}", $"{sql};", version == versions[0] ? $"DROP EXTENSION {name};" : "SELECT 1;");
            }
        }

        var nothing = await Schemas.ReadAsync(project["dev"]);
        await ShouldRunAsync(project, $"{number} applied", "migrate", "apply", "--env", "dev", "--yes");
        await ShouldRunAsync(project, "nothing to do", "migrate", "apply", "--env", "dev");
        await ShouldRunAsync(project, "files, history and schema agree", "migrate", "verify");
        (await project["dev"].ScalarAsync("SELECT string_agg(extname || ' ' || extversion, ', ' ORDER BY extname) FROM pg_extension WHERE extname <> 'plpgsql'"))
            .ShouldBe("citext 1.6, hstore 1.8, pg_stat_statements 1.10, pg_trgm 1.6, pgstattuple 1.5");
        await using var byPsql = await TestDatabase.CreateAsync();
        await Psql.OutputAsync(byPsql.Url, string.Concat(extensions.Select(extension => $"CREATE EXTENSION {extension.Name} VERSION '{extension.Versions[^1]}';\n")));
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(byPsql), await Schemas.ReadAsync(project["dev"]));
        await ShouldRunAsync(project, "rolled back", "migrate", "rollback", "--env", "dev", "--to", "0", "--yes");
        (await Schemas.ReadAsync(project["dev"])).Fingerprint.ShouldBe(nothing.Fingerprint);
    }

    /// <summary>LedgerSMB's files in the order of its lists; <c>!</c> says that a change may fail.</summary>
    private static RealSeries LedgerSmb()
    {
        var lists = new[] { "changes", "modules" }.SelectMany(list => File.ReadLines(Path.Combine(Corpora.LedgerSmb, list, "LOADORDER"))
            .Select(line => line.Trim().TrimStart('!')).Where(line => line.Length > 0 && line[0] != '#').Select(line => Path.Combine(list, line)));
        return RealSeries.Numbered([.. lists.Prepend("Pg-database.sql").Select(file => Path.Combine(Corpora.LedgerSmb, file))]);
    }

    /// <summary>A project in which a series is applied; a second run has nothing to do, and verify agrees.</summary>
    private static async Task<LkProject> AppliedAsync(RealSeries series, int files)
    {
        series.Files.Count.ShouldBe(files);
        var project = await LkProject.CreateAsync("dev");
        series.CopyTo(project, 0, files);
        await ShouldRunAsync(project, $"{files} applied", "migrate", "apply", "--env", "dev", "--yes");
        await ShouldRunAsync(project, "nothing to do", "migrate", "apply", "--env", "dev", "--yes");
        await ShouldRunAsync(project, "files, history and schema agree", "migrate", "verify");
        return project;
    }

    private static async Task ShouldRunAsync(LkProject project, string says, params string[] arguments)
    {
        var result = await project.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain(says);
    }

    /// <summary>Counts the rows of all tables.</summary>
    private static string RowsOf(SchemaSnapshot schema) =>
        string.Join(" || ' ' || ", schema.Objects.Where(thing => thing.Kind == "table").Select(table => $"(SELECT count(*) FROM {table.Identity})").Prepend("SELECT 'rows'"));
}
