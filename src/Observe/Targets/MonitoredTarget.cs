namespace Lockkeeper.Observe.Targets;

/// <summary>A server, a pooler or the backups of a cluster.</summary>
public sealed class MonitoredTarget
{
    internal MonitoredTarget(Func<CancellationToken, Task<string>> urlAsync) => UrlAsync = urlAsync;

    /// <summary>The engine of a PostgreSQL server.</summary>
    public const string PostgreSql = "postgres";

    /// <summary>The engine of a PgBouncer.</summary>
    public const string PgBouncer = "pgbouncer";

    /// <summary>The engine of a cluster's backups.</summary>
    public const string Backups = "pgbackrest";

    /// <summary>Its name: that of a declared cluster, <c>CLUSTER/NODE</c> for each host of one that has several, <c>ENVIRONMENT/DATABASE</c>, <c>pgbouncer://NAME</c>, or <c>backup://CLUSTER</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The engine: <see cref="PostgreSql"/>, <see cref="PgBouncer"/> or <see cref="Backups"/>.</summary>
    public required string Engine { get; init; }

    /// <summary>The labels of all its series, <c>target</c> first.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; }

    /// <summary>Whether all databases of the server are looked at, or the one of the URL only.</summary>
    public bool AllDatabases { get; init; }

    /// <summary>Looks at backups; null for a server or pooler.</summary>
    internal Func<CancellationToken, Task<BackupStatus>>? BackupsAsync { get; init; }

    /// <summary>Gives its connection URL with secrets resolved, of backups that of their server; fails when a secret is not on this machine.</summary>
    internal Func<CancellationToken, Task<string>> UrlAsync { get; }
}
