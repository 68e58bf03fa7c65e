using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Observe.PostgreSql.Backups;

/// <summary>The metrics of backups: pgbackrest_exporter's (0.21) names for what the last backup of each type was, our own for what can be restored and what the policy says.</summary>
internal static class BackupMetrics
{
    private const string Topic = "backup";
    private static readonly string[] ofType = ["backup_type", "block_incr", "stanza"];

    public static readonly MetricDescription Up = Gauge("lockkeeper_backup_up", "Whether the backups of the cluster could be looked at.");
    private static readonly MetricDescription Since = Gauge("pgbackrest_backup_since_last_completion_seconds", "Seconds since the last backup that restores at least as much as one of this type: a full one counts for all.", ofType);
    private static readonly MetricDescription Duration = Gauge("pgbackrest_backup_last_duration_seconds", "How long that backup took.", ofType);
    private static readonly MetricDescription Size = Gauge("pgbackrest_backup_last_size_bytes", "The size of the database in that backup.", ofType);
    private static readonly MetricDescription Delta = Gauge("pgbackrest_backup_last_delta_bytes", "What that backup has copied.", ofType);
    private static readonly MetricDescription Repository = Gauge("pgbackrest_backup_last_repo_delta_bytes", "What that backup takes in its repository.", ofType);
    private static readonly MetricDescription PageErrors = Gauge("pgbackrest_backup_last_error_status", "Whether that backup has met pages with a wrong checksum.", ofType);
    private static readonly MetricDescription Usable = Gauge("lockkeeper_backup_repository_usable", "Whether the repository can be read and is in order.", "repository");
    private static readonly MetricDescription Sets = Gauge("lockkeeper_backup_sets", "Backups in the repository.", "repository", "backup_type");
    private static readonly MetricDescription Age = Gauge("lockkeeper_backup_age_seconds", "Seconds since the last backup of any type ended.", "repository");
    private static readonly MetricDescription Lose = Gauge("lockkeeper_backup_would_lose_seconds", "How old the newest moment is that can be restored, by the archive's own listing: what would be lost with the server.", "repository");
    private static readonly MetricDescription Missing = Gauge("lockkeeper_backup_missing_segments", "WAL segments that are missing between others.", "repository");
    private static readonly MetricDescription DrillAge = Gauge("lockkeeper_backup_drill_age_seconds", "Seconds since a restore was last tried; no sample when it never was.");
    private static readonly MetricDescription DrillPassed = Gauge("lockkeeper_backup_drill_passed", "Whether the restore that was tried last worked; no sample when none was.");
    private static readonly MetricDescription Broken = Gauge("lockkeeper_backup_policy_broken", "1 for each rule of the policy that is not kept, as lk backup alerts names it.", "rule", "repository");
    private static readonly MetricDescription Breaches = Gauge("lockkeeper_backup_policy_breaches", "How many rules of the policy are not kept.");
    private static readonly MetricDescription LookAge = Gauge("lockkeeper_backup_look_age_seconds", "How old the look at the backups is that these values are from: it takes seconds, and is had every five minutes.");
    private static readonly MetricDescription LookDuration = Gauge("lockkeeper_backup_look_duration_seconds", "How long that look took.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<MetricDescription> All { get; } =
        [Up, Since, Duration, Size, Delta, Repository, PageErrors, Usable, Sets, Age, Lose, Missing, DrillAge, DrillPassed, Broken, Breaches, LookAge, LookDuration];

    /// <summary>The samples of a look, with the ages of now.</summary>
    public static void Add(SampleSet samples, BackupLookResult look, DateTimeOffset now)
    {
        var status = look.Status;
        foreach (var repository in status.Repositories)
            AddRepository(samples, repository, now);
        var all = status.Repositories.SelectMany(repository => repository.Sets).OrderBy(set => set.Ended).ToList();
        foreach (var (type, able) in new[] { ("full", new[] { "full" }), ("diff", ["full", "diff"]), ("incr", ["full", "diff", "incr"]) })
        {
            if (all.LastOrDefault(set => able.Contains(set.Type, StringComparer.Ordinal)) is not { } last)
                continue;
            string[] labels = [type, "n", status.Stanza];
            samples.Of(Since).Add(Seconds(now - last.Ended), labels);
            samples.Of(Duration).Add(last.Duration.TotalSeconds, labels);
            samples.Of(Size).Add(last.DatabaseBytes, labels);
            samples.Of(Delta).Add(last.CopiedBytes, labels);
            samples.Of(Repository).Add(last.RepositoryBytes, labels);
            samples.Of(PageErrors).Add(last.HasPageErrors ? 1 : 0, labels);
        }

        if (status.LastDrill is { } drill)
        {
            samples.Add(DrillAge, Seconds(now - drill.At));
            samples.Add(DrillPassed, drill.Passed ? 1 : 0);
        }

        foreach (var breach in status.Breaches.Distinct())
            samples.Add(Broken, 1, breach.Rule, breach.Repository);
        samples.Add(Breaches, status.Breaches.Count);
        samples.Add(LookAge, Seconds(now - look.At));
        samples.Add(LookDuration, look.Duration.TotalSeconds);
    }

    private static void AddRepository(SampleSet samples, BackupRepositoryStatus repository, DateTimeOffset now)
    {
        var number = repository.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        samples.Add(Usable, repository.IsUsable ? 1 : 0, number);
        samples.Add(Missing, repository.MissingSegments, number);
        foreach (var type in new[] { "full", "diff", "incr" })
            samples.Add(Sets, repository.Sets.Count(set => set.Type == type), number, type);
        if (repository.Sets is [.., var last])
            samples.Add(Age, Seconds(now - last.Ended), number);
        if (repository.Newest is { } newest)
            samples.Add(Lose, Seconds(now - newest), number);
    }

    /// <summary>A repository's host whose clock is ahead has no age below zero.</summary>
    private static double Seconds(TimeSpan span) => Math.Max(span.TotalSeconds, 0);

    private static MetricDescription Gauge(string name, string help, params IReadOnlyList<string> labels) => new(name, MetricKind.Gauge, help, labels) { Topic = Topic };
}
