using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Ledger;

namespace Lockkeeper.Observe.Anomalies;

/// <summary>A run of the project that changed a database.</summary>
/// <param name="Run">Its id.</param>
/// <param name="At">When it began.</param>
/// <param name="Actor">Who started it.</param>
/// <param name="Title">What it was.</param>
/// <param name="Environment">Where; null when it says none.</param>
internal sealed record DeployBefore(string Run, DateTimeOffset At, string Actor, string Title, string? Environment)
{
    /// <summary>All that the ledger knows of.</summary>
    public static async Task<List<DeployBefore>> ReadAsync(ILedger ledger, CancellationToken cancel)
    {
        var deploys = new List<DeployBefore>();
        await foreach (var entry in ledger.ReadAsync(new LedgerFilter { Kinds = ["run.started"] }, cancel))
            deploys.Add(new DeployBefore(entry.Fact.Run, entry.At, entry.Fact.Actor, (string?)JsonNode.Parse(entry.Fact.Body)?["title"] ?? "", entry.Fact.Environment));
        return deploys;
    }
}

/// <summary>An anomaly in a sentence.</summary>
internal static class AnomalyText
{
    /// <summary>Runs that began longer before are not what came just before.</summary>
    private static readonly TimeSpan JustBefore = TimeSpan.FromHours(2);

    /// <summary>What is unusual, what is usual at this time, since when, how strongly, and which run came just before.</summary>
    public static string Of(Anomaly one, DeployBefore? deploy, DateTimeOffset now)
    {
        var usual = one.Usual.Weeks > 0
            ? $"usual on {now.UtcDateTime.DayOfWeek}s around {now.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)} UTC is {Number(one.Usual.Median)}, up to {Number(one.Usual.High)} (in {one.Usual.Weeks} weeks)"
            : $"the day before it was {Number(one.Usual.Median)}, up to {Number(one.Usual.High)}";
        var since = one.IsOlder ? $"for more than {Minutes(now - one.Since)}" : $"since {one.Since.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)} UTC";
        var before = deploy is null ? "no run of this project came just before" : $"{Minutes(one.Since - deploy.At)} after the run {deploy.Run} of {deploy.Actor}: {deploy.Title}";
        return $"{one.Labels["target"]}: {Subject(one)}: {Number(one.Value)} {one.Rate.What}; {usual}; {since}, {Number(Math.Abs(one.Strength))} spreads {(one.Strength < 0 ? "below" : "above")}; {before}";
    }

    /// <summary>The run that came just before: the newest in the two hours before the beginning, or in the span in which it began.</summary>
    public static DeployBefore? Before(Anomaly one, IEnumerable<DeployBefore> deploys)
    {
        var environment = one.Labels["environment"];
        return deploys.Where(deploy => deploy.At > one.Since - JustBefore && deploy.At < one.Since.AddMilliseconds(RateBuckets.Span) && (deploy.Environment is null || environment.Length == 0 || deploy.Environment == environment)).MaxBy(deploy => deploy.At);
    }

    /// <summary>What it is about, without its target.</summary>
    public static string Subject(Anomaly one) => one.Rate.Subject switch
    {
        "statement" => $"statement {one.Labels["queryid"]} of {one.Labels["user"]} in {one.Labels["datname"]}",
        "table" => $"table {one.Labels["schemaname"]}.{one.Labels["relname"]} of {one.Labels["datname"]}",
        _ => $"database {one.Labels["datname"]}",
    };

    private static string Minutes(TimeSpan time) => time < TimeSpan.FromMinutes(1) ? "right" : time < TimeSpan.FromHours(1) ? $"{(int)time.TotalMinutes} min" : $"{(int)time.TotalHours} h {time.Minutes} min";

    private static string Number(double value) => value.ToString(Math.Abs(value) switch { < 0.01 => "0.#####", < 1 => "0.###", < 100 => "0.#", _ => "#,0" }, CultureInfo.InvariantCulture);
}
