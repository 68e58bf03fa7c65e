using System.Globalization;
using Lockkeeper.Observe.Query;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Query;

public sealed class PromQlTests
{
    private static readonly SeriesList Data = new(
        SeriesList.Of("up", [("target", "a")], 1, 1, 1, 0, 0),
        SeriesList.Of("up", [("target", "b")], 1, 1, 1, 1, 1),
        SeriesList.Of("commits_total", [("target", "a"), ("datname", "x")], 0, 30, 60, 90, 120),
        SeriesList.Of("commits_total", [("target", "a"), ("datname", "y")], 100, 130, 10, 40, 70),
        SeriesList.Of("connections", [("target", "a"), ("state", "active")], 5, 6, 7, 8, 9),
        SeriesList.Of("connections", [("target", "a"), ("state", "idle")], 50, 50, 50, 50, 50),
        SeriesList.Of("connections", [("target", "b"), ("state", "active")], 1, 1, 1, 1, 1),
        SeriesList.Of("max_connections", [("target", "a")], 100, 100, 100, 100, 100),
        SeriesList.Of("max_connections", [("target", "b")], 10, 10, 10, 10, 10),
        SeriesList.Of("gone", [("target", "a")], 1, 1, Point.Stale));

    [Theory]
    [InlineData("1 + 2 * 3 ^ 2", "{} 19")]
    [InlineData("-2 ^ 2", "{} -4")]
    [InlineData("2 ^ 3 ^ 0", "{} 2")]
    [InlineData("up", "up{target=\"a\"} 0; up{target=\"b\"} 1")]
    [InlineData("up == 0", "up{target=\"a\"} 0")]
    [InlineData("up == bool 0", "{target=\"a\"} 1; {target=\"b\"} 0")]
    [InlineData("up{target=~\"a|c\"}", "up{target=\"a\"} 0")]
    [InlineData("up{target!~\"a\"}", "up{target=\"b\"} 1")]
    [InlineData("gone", "")]
    [InlineData("absent(gone{target=\"a\"})", "{target=\"a\"} 1")]
    [InlineData("absent(up)", "")]
    [InlineData("rate(commits_total{datname=\"x\"}[1m])", "{datname=\"x\", target=\"a\"} 2")]
    [InlineData("increase(commits_total{datname=\"y\"}[1m])", "{datname=\"y\", target=\"a\"} 93.333333")]
    [InlineData("resets(commits_total[1m])", "{datname=\"x\", target=\"a\"} 0; {datname=\"y\", target=\"a\"} 1")]
    [InlineData("changes(up[2m])", "{target=\"a\"} 1; {target=\"b\"} 0")]
    [InlineData("delta(connections{state=\"active\",target=\"a\"}[1m])", "{state=\"active\", target=\"a\"} 4")]
    [InlineData("max_over_time(connections{state=\"active\"}[5m])", "{state=\"active\", target=\"a\"} 9; {state=\"active\", target=\"b\"} 1")]
    [InlineData("sum(connections)", "{} 60")]
    [InlineData("sum by (target) (connections) / on (target) max_connections > 0.5", "{target=\"a\"} 0.59")]
    [InlineData("connections / on (target) group_left max_connections > 0.3", "{state=\"idle\", target=\"a\"} 0.5")]
    [InlineData("topk(1, connections)", "connections{state=\"idle\", target=\"a\"} 50")]
    [InlineData("count without (state) (connections)", "{target=\"a\"} 2; {target=\"b\"} 1")]
    [InlineData("up == 0 or connections{state=\"idle\"}", "connections{state=\"idle\", target=\"a\"} 50; up{target=\"a\"} 0")]
    [InlineData("connections and on (target) up == 1", "connections{state=\"active\", target=\"b\"} 1")]
    [InlineData("connections unless on (target) up == 1", "connections{state=\"active\", target=\"a\"} 9; connections{state=\"idle\", target=\"a\"} 50")]
    [InlineData("predict_linear(connections{state=\"active\",target=\"a\"}[5m], 60)", "{state=\"active\", target=\"a\"} 13")]
    [InlineData("label_replace(up, \"cluster\", \"of-$1\", \"target\", \"(a)\")", "up{cluster=\"of-a\", target=\"a\"} 0; up{target=\"b\"} 1")]
    [InlineData("up offset 30s", "up{target=\"a\"} 1; up{target=\"b\"} 1")]
    [InlineData("1 / 0 > bool 5", "{} 1")]
    public void an_expression_gives(string text, string expected)
    {
        var result = new PromQlEvaluator(Data, SeriesList.Start + 60_000).Evaluate(PromQlExpression.Parse(text));
        string.Join("; ", result.Select(sample => $"{(sample.Labels.Pairs.Count == 0 ? "{}" : sample.Labels)} {Math.Round(sample.Value, 6).ToString(CultureInfo.InvariantCulture)}").Order(StringComparer.Ordinal)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("rate(up)", 5, "'rate' needs the values of a time ([5m]) here, not a value for each series")]
    [InlineData("up[5m]", 0, "the whole must give a value for each series")]
    [InlineData("sum(1)", 4, "'sum' needs a value for each series, not a number")]
    [InlineData("histogram_quantile(0.9, up)", 0, "the function 'histogram_quantile' is not known here")]
    [InlineData("up{target=a}", 10, "a text in quotes was expected here")]
    [InlineData("up{target=~\"(\"}", 11, "this is no pattern")]
    [InlineData("(up", 3, "')' was expected here, not 'the end'")]
    [InlineData("up[5m:1m]", 5, "subqueries are not known here")]
    [InlineData("1 > 2", 2, "a comparison of two numbers needs 'bool'")]
    [InlineData("up + \"x\"", 5, "'+' needs a number or a value for each series, not a text")]
    [InlineData("{}", 0, "a selector needs a name or a label that is not empty")]
    [InlineData("up ! 2", 3, "the character '!' has no meaning here")]
    public void what_is_not_understood_is_refused_with_its_place(string text, int at, string message)
    {
        var error = Should.Throw<PromQlException>(() => new PromQlEvaluator(Data, SeriesList.Start).Evaluate(PromQlExpression.Parse(text)));
        error.Message.ShouldStartWith(message);
        error.At.ShouldBe(at);
    }

    [Fact]
    public void two_series_that_become_one_are_an_error_and_not_a_guess() =>
        Should.Throw<PromQlException>(() => new PromQlEvaluator(Data, SeriesList.Start).Evaluate(PromQlExpression.Parse("max_connections * on (target) connections"))).Message.ShouldContain("have the same labels {target=\"a\"}");

    [Fact]
    public void deep_nesting_ends_with_an_error_and_not_with_the_process() =>
        Should.Throw<PromQlException>(() => PromQlExpression.Parse(new string('(', 100_000) + "1" + new string(')', 100_000)));
}
