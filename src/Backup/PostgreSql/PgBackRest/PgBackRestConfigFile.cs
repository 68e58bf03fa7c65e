using System.Globalization;
using System.Text;
using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>The secrets of a repository.</summary>
/// <param name="Cipher">The pass of its encryption; null for none.</param>
/// <param name="Key">The access key of its object store.</param>
/// <param name="Secret">The secret key of its object store.</param>
internal sealed record RepositorySecrets(string? Cipher, string? Key, string? Secret);

/// <summary>What pgBackRest needs and nobody may see.</summary>
/// <param name="Repositories">The secrets of the repositories, in their order.</param>
/// <param name="Password">The password of the role that it signs in as; null where the server lets it in as the operating system's user.</param>
internal sealed record PgBackRestSecrets(IReadOnlyList<RepositorySecrets> Repositories, string? Password);

/// <summary>Writes pgBackRest's configuration. Its secrets stand in this file only, which nobody but the server's user can read: WAL is pushed by a program that the server starts, so there is no other way to give them to it.</summary>
internal static class PgBackRestConfigFile
{
    /// <summary>The whole file.</summary>
    /// <param name="site">The cluster.</param>
    /// <param name="secrets">The secrets of its repositories, in their order.</param>
    /// <param name="inBlocks">The numbers of the repositories into which the changed blocks of a file are copied, and not the whole file.</param>
    public static string Text(PgBackRestSite site, IReadOnlyList<RepositorySecrets> secrets, IReadOnlySet<int> inBlocks)
    {
        var text = new StringBuilder();
        text.Append("# Written by lk provision apply; what is changed here by hand is drift.\n[global]\n");
        foreach (var (index, repository) in site.Policy.Repositories.Index())
            Repository(text, string.Create(CultureInfo.InvariantCulture, $"repo{index + 1}"), repository.Value, secrets[index], inBlocks.Contains(index + 1));
        Line(text, "compress-type", site.Policy.Compression);
        Line(text, "process-max", site.Policy.Processes.ToString(CultureInfo.InvariantCulture));
        // A backup begins at once instead of at the next checkpoint, and a restore into a folder that is there copies only what differs.
        Line(text, "start-fast", "y");
        // Retention is applied by lk: pgBackRest's knows nothing of drills, and would remove the last proven backup.
        Line(text, "expire-auto", "n");
        Line(text, "archive-async", site.Policy.ArchiveAsync ? "y" : "n");
        Line(text, "spool-path", $"{site.Folder}/spool");
        Line(text, "lock-path", $"{site.Folder}/lock");
        Line(text, "log-path", $"{site.Folder}/log");
        // No archive-push-queue-max: past it pgBackRest drops WAL and tells the server that it is archived, which loses what was committed without a word.
        text.Append(CultureInfo.InvariantCulture, $"\n[{site.Stanza}]\n");
        Line(text, "pg1-path", site.DataDirectory);
        Line(text, "pg1-port", site.Port.ToString(CultureInfo.InvariantCulture));
        Line(text, "pg1-socket-path", site.SocketFolder);
        Line(text, "pg1-database", site.Database);
        Line(text, "pg1-user", site.Role);
        return text.ToString();
    }

    /// <summary>The file of the password: what separates its fields is escaped (PostgreSQL's documentation, 34.16).</summary>
    public static string PassText(PgBackRestSite site, string password) => string.Create(CultureInfo.InvariantCulture, $"*:{site.Port}:*:{Escaped(site.Role)}:{Escaped(password)}\n");

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);

    private static void Repository(StringBuilder text, string name, RepositoryConfig repository, RepositorySecrets secrets, bool inBlocks)
    {
        Line(text, $"{name}-path", repository.Path);
        Line(text, $"{name}-bundle", "y");
        if (inBlocks)
            Line(text, $"{name}-block", "y");
        if (repository.ObjectStore is { } store)
        {
            Line(text, $"{name}-type", "s3");
            Line(text, $"{name}-s3-bucket", store.Bucket);
            Line(text, $"{name}-s3-endpoint", store.Endpoint);
            Line(text, $"{name}-s3-region", store.Region);
            Line(text, $"{name}-s3-key", secrets.Key!);
            Line(text, $"{name}-s3-key-secret", secrets.Secret!);
            Line(text, $"{name}-s3-uri-style", store.IsPathStyle ? "path" : "host");
            if (store.CaFile is { } ca)
                Line(text, $"{name}-storage-ca-file", ca);
        }

        if (secrets.Cipher is { } cipher)
        {
            Line(text, $"{name}-cipher-type", "aes-256-cbc");
            Line(text, $"{name}-cipher-pass", cipher);
        }

        if (repository.Days is { } days)
        {
            Line(text, $"{name}-retention-full-type", "time");
            Line(text, $"{name}-retention-full", days.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            Line(text, $"{name}-retention-full", repository.FullBackups.ToString(CultureInfo.InvariantCulture));
        }

        if (repository.DifferentialBackups is { } differential)
            Line(text, $"{name}-retention-diff", differential.ToString(CultureInfo.InvariantCulture));
    }

    private static void Line(StringBuilder text, string key, string value) => text.Append(key).Append('=').Append(value).Append('\n');
}
