using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Formats.Liquibase.Changes;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Every attribute that Liquibase's own XML schema knows: what counts for Liquibase counts here, or is refused by name and place.</summary>
public sealed partial class LiquibaseAttributesTests
{
    /// <summary>How statements are sent, which leaves the same in a database.</summary>
    private static readonly string[] OnlyTheWay = ["usePreparedStatements", "splitStatements"];

    [Fact]
    public async Task no_attribute_of_a_covered_change_that_counts_for_liquibase_is_passed_over()
    {
        var variants = LiquibaseVariants.All(LiquibaseSchema.Load());
        variants.Select(variant => variant.Change).Distinct().Order().ShouldBe(LiquibaseSchema.Load().Elements.Where(ChangeTypes.Knows).Order());
        using var folder = new TestFolder();
        LiquibaseVariants.WriteFiles(folder.Path);
        var theirs = await TheirSqlAsync(folder.Path, variants);
        var ours = variants.ToDictionary(variant => variant.Id, variant => OurSql(folder.Path, variant));

        var passedOver = new List<string>();
        foreach (var variant in variants.Where(variant => variant.BaseId != variant.Id && theirs.ContainsKey(variant.Id) && theirs.ContainsKey(variant.BaseId)))
        {
            var (mine, refusal) = ours[variant.Id];
            if (refusal is not null && (refusal.At is null || refusal.Code == MigrateErrors.NotSupported && !variant.Names.Any(name => refusal.Message.Contains(name, StringComparison.Ordinal))))
                passedOver.Add($"{variant.Words}: refused without its name or place: {refusal.At} {refusal.Message}");
            else if (refusal is null && !OnlyTheWay.Contains(variant.Attribute) && theirs[variant.Id] != theirs[variant.BaseId] && mine == ours[variant.BaseId].Sql)
                passedOver.Add($"{variant.Words}: Liquibase makes of it\n  {theirs[variant.Id]}\nand without it\n  {theirs[variant.BaseId]}");
        }

        string.Join('\n', passedOver).ShouldBeEmpty();
        theirs.Count.ShouldBeGreaterThan(variants.Count * 2 / 3);
    }

    /// <summary>The SQL that Liquibase would send for each; one that it refuses itself is left out.</summary>
    private static async Task<Dictionary<string, string>> TheirSqlAsync(string folder, IReadOnlyList<LiquibaseVariant> variants)
    {
        await using var database = await TestDatabase.CreateAsync();
        var left = variants.ToList();
        while (true)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "all.xml"), LiquibaseVariants.Changelog(left));
            var result = await LiquibaseTool.TryAsync(folder, "all.xml", database, "update-sql");
            if (result.ExitCode == 0)
                return Regex.Split(result.AllOutput, "^-- Changeset all.xml::", RegexOptions.Multiline).Skip(1).ToDictionary(part => part[..part.IndexOf("::", StringComparison.Ordinal)], Sql);
            var refused = Identity().Matches(result.AllOutput).Select(match => match.Groups["id"].Value).ToHashSet();
            // Its parser lacks what its schema has.
            var unknown = Unexpected().Match(result.AllOutput).Groups["attribute"].Value;
            left.RemoveAll(variant => refused.Contains(variant.Id) || variant.Attribute == unknown && unknown.Length > 0).ShouldBePositive(result.AllOutput);
        }

        static string Sql(string part) => string.Join('\n', part.Split('\n').Skip(1).Where(line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal) && !line.Contains("databasechangelog", StringComparison.Ordinal)));
    }

    private static (string Sql, LockkeeperException? Refusal) OurSql(string folder, LiquibaseVariant variant)
    {
        File.WriteAllText(Path.Combine(folder, "one.xml"), LiquibaseVariants.Changelog([variant]));
        try
        {
            var series = SeriesReader.Read(new DatabaseConfig { Name = "db", Engine = "postgres", Migrations = "one.xml", Format = "liquibase" }, folder);
            return (string.Join('\n', series.Migrations.Select(migration => $"{migration.Disabled} {string.Join('\n', migration.Up.Parts!.Select(part => part.Text))}")), null);
        }
        catch (LockkeeperException e)
        {
            return ("", e);
        }
    }

    [GeneratedRegex("Unexpected node: (?<attribute>[A-Za-z]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unexpected();

    [GeneratedRegex(@"^(?!-- Changeset).*all\.xml::(?<id>[^:\s]+)::a", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Identity();
}
