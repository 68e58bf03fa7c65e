using Lockkeeper.Cli.Verbs;
using Lockkeeper.Host;
using Lockkeeper.Host.Reference;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.PostgreSql.Lint;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.PostgreSql.Alerts;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.Unit.Migrate.PostgreSql.Lint;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Cli;

/// <summary>Keeps the generated pages of docs/reference current; <c>LK_UPDATE_GOLDEN=1</c> writes them.</summary>
public sealed class ReferencePagesTests
{
    private static readonly IReadOnlyList<Verb> Verbs = CliVerbs.With(Registry.Verbs);

    [Fact]
    public void the_page_of_verbs_is_current() => Golden.Check("docs/reference/verbs.md", VerbsPage.Of(Verbs));

    [Fact]
    public void the_page_of_errors_is_current() => Golden.Check("docs/reference/errors.md", ErrorsPage.Of(CliVerbs.Errors));

    [Fact]
    public void the_page_of_metrics_is_current() => Golden.Check("docs/reference/metrics.md", MetricsPage.Of([.. MetricCatalogue.All, .. MetricCatalogue.OfTheWatch]));

    [Fact]
    public void the_page_of_alerts_is_current() => Golden.Check("docs/reference/alerts.md", AlertsPage.Of(AllAlerts.Rules));

    [Fact]
    public void the_page_of_rules_is_current() => Golden.Check("docs/reference/rules.md", RulesPage.Of([.. new PostgreSqlLinter().Rules, .. SuppressionRules.All], RuleSamples.Of));

    [Fact]
    public void the_schema_of_every_report_is_current()
    {
        var shown = Verbs.Where(verb => !verb.Hidden).ToArray();
        foreach (var verb in shown)
            Golden.Check($"docs/reference/reports/{ReportSchema.FileName(verb)}", ReportSchema.Of(verb));
        var files = Directory.GetFiles(RepositoryRoot.Path("docs/reference/reports")).Select(file => Path.GetFileName(file)!);
        files.Except(shown.Select(ReportSchema.FileName)).ShouldBeEmpty("a schema whose verb is gone");
    }
}
