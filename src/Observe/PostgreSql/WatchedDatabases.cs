using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Observe.PostgreSql.Collectors;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Observe.PostgreSql;

/// <summary>A database with our connection to it.</summary>
internal sealed class WatchedDatabase(string name, DatabaseSession session, IReadOnlyList<CollectorRun> runs)
{
    /// <summary>Its name; empty for that of the URL before it was asked.</summary>
    public string Name { get; set; } = name;

    public DatabaseSession Session { get; } = session;

    /// <summary>The collectors that ask each database.</summary>
    public IReadOnlyList<CollectorRun> Runs { get; } = runs;

    /// <summary>Why it cannot be read at all; null when it can.</summary>
    public string? Reason { get; set; }

    public bool IsDue => Runs.Any(run => run.IsDue);

    public long LastAt => Runs.Min(run => run.Last?.EndedAt ?? long.MinValue);
}

/// <summary>The databases of a server that are looked at. Those that come and go are found at each scrape.</summary>
internal sealed class WatchedDatabases : IAsyncDisposable
{
    /// <summary>The most connections that stay open on one server. Of more databases each is connected to in its turn: an idle connection costs the server megabytes.</summary>
    private const int MostKept = 20;

    private readonly MonitoredTarget target;
    private readonly TimeProvider clock;
    private readonly Redactor redactor;
    private readonly List<WatchedDatabase> others = [];

    public WatchedDatabases(MonitoredTarget target, TimeProvider clock, Redactor redactor)
    {
        (this.target, this.clock, this.redactor) = (target, clock, redactor);
        Main = new WatchedDatabase("", new DatabaseSession(cancel => ServerAsync(null, cancel)), []);
        ServerRuns = Runs(CollectorScope.Server, "");
    }

    /// <summary>The database of the URL; what is asked once a server is asked over its connection.</summary>
    public WatchedDatabase Main { get; private set; }

    /// <summary>The collectors that ask once a server.</summary>
    public IReadOnlyList<CollectorRun> ServerRuns { get; }

    /// <summary>The texts of statements.</summary>
    public StatementTexts Texts { get; } = new();

    /// <summary>All databases.</summary>
    public IReadOnlyList<WatchedDatabase> All => Main.Name.Length == 0 ? others : [Main, .. others];

    public bool Keeps(WatchedDatabase database) => ReferenceEquals(database, Main) || others.IndexOf(database) < MostKept;

    /// <summary>The databases that something is to be read from, those that have waited for longest first.</summary>
    public async Task<IReadOnlyList<WatchedDatabase>> DueAsync(Capabilities can, CancellationToken cancel)
    {
        if (Main.Name != can.Database)
            Main = new WatchedDatabase(can.Database, Main.Session, Runs(CollectorScope.Database, can.Database));
        if (target.AllDatabases)
            await FindAsync(cancel);
        return [.. All.Where(database => database.IsDue).OrderBy(database => database.LastAt)];
    }

    public async ValueTask DisposeAsync()
    {
        await Main.Session.DisposeAsync();
        foreach (var database in others)
            await database.Session.DisposeAsync();
    }

    private async Task FindAsync(CancellationToken cancel)
    {
        IReadOnlyList<string> names;
        try
        {
            names = await Main.Session.WithinLimitsAsync(
                () => Rows.ReadAsync(
                    Main.Session.Connection,
                    "/* lk:observe.databases */ SELECT datname::text FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname <> current_database() AND has_database_privilege(oid, 'CONNECT') ORDER BY datname",
                    row => row.GetString(0), cancel),
                cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, Main.Name);
        }

        foreach (var gone in others.Where(database => !names.Contains(database.Name, StringComparer.Ordinal)).ToList())
        {
            await gone.Session.DisposeAsync();
            others.Remove(gone);
        }

        foreach (var name in names.Except(others.Select(database => database.Name), StringComparer.Ordinal).ToList())
            others.Add(new WatchedDatabase(name, new DatabaseSession(stop => ServerAsync(name, stop)), Runs(CollectorScope.Database, name)));
    }

    private IReadOnlyList<CollectorRun> Runs(CollectorScope scope, string database) =>
        [.. AllCollectors.Create(Texts).Where(collector => collector.Scope == scope).Select(collector => new CollectorRun(collector, database, clock))];

    private async Task<PostgreSqlServer> ServerAsync(string? database, CancellationToken cancel)
    {
        var url = await target.UrlAsync(cancel);
        return PostgreSqlServer.At(database is null ? url : PostgreSqlUrl.WithDatabase(url, database), redactor);
    }
}
