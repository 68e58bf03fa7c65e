using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Hosts;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>A cluster as pgBackRest sees it: where its server lies and where pgBackRest's files do.</summary>
internal sealed record PgBackRestSite
{
    /// <summary>The host of the server.</summary>
    public required IHost Host { get; init; }

    /// <summary>The user of the operating system that the server runs as.</summary>
    public required string User { get; init; }

    /// <summary>The policy.</summary>
    public required BackupConfig Policy { get; init; }

    /// <summary>The cluster's name in its repositories.</summary>
    public required string Stanza { get; init; }

    /// <summary>The folder of pgBackRest's configuration, spool, locks and logs.</summary>
    public required string Folder { get; init; }

    /// <summary>The data directory.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The server's port.</summary>
    public required int Port { get; init; }

    /// <summary>The folder of the server's socket.</summary>
    public required string SocketFolder { get; init; }

    /// <summary>The database that pgBackRest signs in to.</summary>
    public required string Database { get; init; }

    /// <summary>The role that pgBackRest signs in as.</summary>
    public required string Role { get; init; }

    /// <summary>The server's major version.</summary>
    public required int Major { get; init; }

    /// <summary>The server's identifier, which no other cluster has.</summary>
    public required ulong SystemId { get; init; }

    /// <summary>The size of a WAL segment.</summary>
    public required int SegmentBytes { get; init; }

    /// <summary>The folder of the server's programs on its host.</summary>
    public required string Programs { get; init; }

    /// <summary>The file of the role's password, which libpq reads where the server asks for one.</summary>
    public string PassFile => $"{Folder}/pgpass";

    /// <summary>The configuration file.</summary>
    public string ConfigFile => $"{Folder}/pgbackrest.conf";

    /// <summary>The cluster's name in its repositories.</summary>
    public static string StanzaOf(ClusterConfig cluster) => cluster.Backup!.Value.Stanza ?? cluster.Name;

    /// <summary>The folder of pgBackRest's files.</summary>
    public static string FolderOf(ClusterConfig cluster) => cluster.Backup!.Value.Folder ?? $"/var/lib/lockkeeper/{cluster.Name}";

    /// <summary>What the server runs for each segment.</summary>
    public static string ArchiveCommandOf(ClusterConfig cluster) => $"pgbackrest --config={ShellText.Quote($"{FolderOf(cluster)}/pgbackrest.conf")} --stanza={StanzaOf(cluster)} archive-push %p";
}
