using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Query;
using Lockkeeper.Observe.Sqlite;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>A history in which a statement is called four times as often as it usually is at this hour.</summary>
public sealed class AlertFaultTestsOfAnomalies
{
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(10);

    [Fact, AlertFault("PostgresRateUnusual")]
    public async Task what_is_unusual_while_it_watches_is_told_kept_and_not_told_anew_after_a_restart()
    {
        await using var project = await LkProject.CreateAsync("prod");
        project.TopSettings = "observe: { interval: 1s, receivers: [ { name: page, command: \"cat >>paged.json; echo >>paged.json\" } ] }";
        Write(Path.Combine(project.Folder, ".lockkeeper", "state.observe.db"), DateTimeOffset.UtcNow);
        await using (var serve = await project.StartAsync("observe", "serve", "--listen", "127.0.0.1:0"))
        {
            await serve.WaitForTextAsync("firing: PostgresRateUnusual");
            await Eventually.TrueAsync(() => File.Exists(Path.Combine(project.Folder, "paged.json")), "a message");
            serve.Terminate();
            await serve.WaitAsync();
        }

        var list = await project.RunAsync("observe", "alerts", "list");
        list.ExitCode.ShouldBe(1, list.ToString());
        list.Output.ShouldContain("PostgresRateUnusual");
        var alert = (await project.JsonAsync("observe", "alerts", "list"))["data"]!["alerts"]!.AsArray().Single(one => one!["rule"]!.GetValue<string>() == "PostgresRateUnusual")!;
        alert["summary"]!.GetValue<string>().ShouldStartWith("prod/shop: statement 42 of app in shop: 400 calls a second; usual on ");
        alert["summary"]!.GetValue<string>().ShouldEndWith("no run of this project came just before");
        alert["labels"]!["direction"]!.GetValue<string>().ShouldBe("above");

        await using var again = await project.StartAsync("observe", "serve", "--listen", "127.0.0.1:0");
        await again.WaitForTextAsync("answering on ");
        var address = System.Text.RegularExpressions.Regex.Match(again.Output + again.Errors, @"answering on (http://\S+)/metrics").Groups[1].Value;
        using var http = new HttpClient();
        await Eventually.TrueAsync(async () => (await http.GetStringAsync(new Uri(address + "/metrics"))).Contains("lockkeeper_anomaly{target=\"prod/shop\",environment=\"prod\",subject=\"statement 42 of app in shop\",rate=\"calls a second\",direction=\"above\"}", StringComparison.Ordinal), "the anomaly as a metric");
        (again.Output + again.Errors).ShouldNotContain("firing: PostgresRateUnusual");
        (again.Output + again.Errors).ShouldNotContain("resolved: PostgresRateUnusual");
    }

    /// <summary>Of four weeks and an hour what is compared: the last days, and around this hour of the week before; a value in ten minutes.</summary>
    private static void Write(string path, DateTimeOffset now)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var history = new HistoryStore(BlockFile.Open(path), HistoryLimits.Default with { Raw = TimeSpan.FromDays(60) }, name => name.EndsWith("_total", StringComparison.Ordinal));
        var calls = 0.0;
        for (var at = now.AddDays(-29); at <= now; at += Span)
        {
            calls += (at > now.AddMinutes(-65) ? 400 : 100) * Span.TotalSeconds;
            var after = (now - at).TotalDays % 7;
            if ((now - at).TotalDays > 2 && after is > 0.4 and < 6.8)
                continue;
            history.Append("prod/shop", at.ToUnixTimeMilliseconds(), ScrapedRows.Of(
                new VectorSample(LabelSet.Of("pg_stat_statements_calls_total", ("target", "prod/shop"), ("environment", "prod"), ("user", "app"), ("datname", "shop"), ("queryid", "42"), ("toplevel", "true")), calls)));
        }

        history.Maintain(now.ToUnixTimeMilliseconds());
    }
}
