using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.PostgreSql;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Sql;

/// <summary>Scripts of other projects that no database here is at the beginning of: each can be prepared, or is refused at the place where it says what a migration cannot.</summary>
public sealed class RealScriptsTests
{
    [Fact]
    public void the_upgrades_of_tiny_tiny_rss_can_be_prepared_with_the_transactions_around_them() => RefusalsOf(Corpora.TtRssUpgrades, 138).ShouldBeEmpty();

    [Fact]
    public void the_upgrades_of_icinga_director_can_be_prepared_but_for_one_that_cleans_up_in_between() =>
        RefusalsOf(Corpora.DirectorUpgrades, 95).ShouldHaveSingleItem().ShouldStartWith("LK3021 upgrade_102.sql:9:1 VACUUM");

    [Fact]
    public void the_upgrades_of_roundcube_can_be_prepared_but_for_those_that_are_empty()
    {
        var refusals = RefusalsOf(Corpora.RoundcubeUpgrades, 32);
        refusals.ShouldAllBe(refusal => refusal.StartsWith("LK3009 ", StringComparison.Ordinal));
        refusals.Count.ShouldBeLessThan(10);
    }

    [Fact]
    public void the_files_of_pgflow_can_be_prepared() => RefusalsOf(Corpora.Pgflow, 12).ShouldBeEmpty();

    [Fact]
    public void pg_partmans_scripts_are_refused_only_where_they_are_empty_or_name_the_schema_of_their_extension()
    {
        var refusals = RefusalsOf(Corpora.Partman, 83);
        refusals.ShouldAllBe(refusal => refusal.EndsWith("syntax error at or near \"@\"", StringComparison.Ordinal) || refusal.StartsWith("LK3009 ", StringComparison.Ordinal));
        RefusalsOf(Corpora.Partman, 83, text => text.Replace("@extschema@", "partman", StringComparison.Ordinal)).ShouldAllBe(refusal => refusal.StartsWith("LK3009 ", StringComparison.Ordinal));
    }

    [Fact]
    public void each_file_of_gnumed_is_refused_at_the_first_command_of_psql_and_is_sql_without_them()
    {
        var refusals = RefusalsOf(Corpora.GnuMed, 980);
        refusals.Count.ShouldBeGreaterThan(900);
        refusals.Where(refusal => !refusal.StartsWith("LK2106 ", StringComparison.Ordinal)).ShouldAllBe(refusal => refusal.StartsWith("LK3009 ", StringComparison.Ordinal));
        refusals.Where(refusal => refusal.StartsWith("LK2106 ", StringComparison.Ordinal)).ShouldAllBe(refusal => refusal.Contains("is a command of psql, not SQL", StringComparison.Ordinal));
        // Real mistakes in eight of them: SQL of other servers and times, a bracket that is not closed, a transaction that never ends.
        RefusalsOf(Corpora.GnuMed, 980, WithoutCommands).Select(refusal => string.Join(' ', refusal.Split(' ').Take(2))).ShouldBe(
            [
                "LK2101 pbsconvert.sql:86:8", "LK2101 gmCreateProceduralLanguages.sql:21:17", "LK3009 gmDemographics-Org-views.sql:1:1", "LK3020 gmDemographics-Person-data.sql:15:1",
                "LK3020 test_data-Kirk-vaccinations.sql:69:1", "LK2101 v11-cfg-cfg_str_array.sql:123:3", "LK3020 v15-ref-consumable_substance-data-vbanait.sql:13:1", "LK2101 v19-ref-AUDIT_alcohol.sql:36:2",
            ], ignoreOrder: true);
    }

    /// <summary>Code, place and words of each file that is refused; anything but an error with a code fails the test.</summary>
    private static List<string> RefusalsOf(IReadOnlyList<string> files, int atLeast, Func<string, string>? edit = null)
    {
        files.Count.ShouldBeGreaterThanOrEqualTo(atLeast);
        var refusals = new List<string>();
        foreach (var file in files)
        {
            try
            {
                var text = MigrationScript.ReadText(file, Path.GetFileName(file));
                var script = MigrationScript.Of(edit?.Invoke(text) ?? text, Path.GetFileName(file));
                ScriptPreparation.Prepare(script, ScriptText.Of(script.Text), 15);
            }
            catch (LockkeeperException e)
            {
                e.At.ShouldNotBeNull($"{file}: {e.Message}");
                refusals.Add($"{e.Code.Id} {e.At} {e.Message}");
            }
        }

        return refusals;
    }

    /// <summary>As the hint says: the commands taken out, one by one.</summary>
    private static string WithoutCommands(string text)
    {
        var lines = text.Split('\n');
        while (true)
        {
            try
            {
                SqlSplitter.Split(string.Join('\n', lines), "script.sql");
                return string.Join('\n', lines);
            }
            catch (LockkeeperException e) when (e.Code == SqlErrors.MetaCommand)
            {
                var runes = lines[e.At!.Line - 1].EnumerateRunes().Take(e.At.Column - 1);
                lines[e.At.Line - 1] = string.Concat(runes);
            }
        }
    }
}
