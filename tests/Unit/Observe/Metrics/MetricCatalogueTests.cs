using System.Text.RegularExpressions;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.PostgreSql.Collectors;
using Lockkeeper.Tests.Unit.Architecture;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Metrics;

public sealed partial class MetricCatalogueTests
{
    private static readonly List<MetricDescription> All = [.. MetricCatalogue.All, .. MetricCatalogue.OfTheWatch];

    [Fact]
    public void no_metric_is_declared_twice() => All.GroupBy(metric => metric.Name).Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty();

    [Fact]
    public void names_and_labels_are_ones_that_prometheus_takes() => All
        .Where(metric => !Name().IsMatch(metric.Name.TrimEnd('*')) || metric.Labels.Any(label => !Name().IsMatch(label)) || metric.Labels.Distinct().Count() != metric.Labels.Count)
        .ShouldBeEmpty();

    [Fact]
    public void our_own_counters_end_with_total_and_help_is_a_sentence() => All
        .Where(metric => metric.Name.StartsWith("lockkeeper_", StringComparison.Ordinal) && (metric.Kind == MetricKind.Counter) != metric.Name.EndsWith("_total", StringComparison.Ordinal) || !metric.Help.EndsWith('.') || metric.Topic.Length == 0)
        .ShouldBeEmpty();

    [Fact]
    public void every_collector_is_in_the_list()
    {
        var files = Repo.Sources("src/Observe/PostgreSql/Collectors").Where(path => Repo.Read(path).Contains("public static ICollector Create(", StringComparison.Ordinal)).Select(path => Path.GetFileNameWithoutExtension(path));
        var listed = Created().Matches(Repo.Read("src/Observe/PostgreSql/Collectors/AllCollectors.cs")).Select(match => match.Groups["name"].Value);
        listed.ShouldBe(files, ignoreOrder: true);
    }

    [Fact]
    public void a_topic_is_its_collectors_name() => AllCollectors.Create(new StatementTexts()).SelectMany(collector => collector.Metrics.Where(metric => metric.Topic != collector.Name)).ShouldBeEmpty();

    [GeneratedRegex("^[a-z_][a-z0-9_]*$")]
    private static partial Regex Name();

    [GeneratedRegex(@"(?<name>\w+)\.Create\((texts)?\)")]
    private static partial Regex Created();
}
