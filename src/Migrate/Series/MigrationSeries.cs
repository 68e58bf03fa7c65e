using System.Security.Cryptography;
using System.Text;

namespace Lockkeeper.Migrate.Series;

/// <summary>The migrations of a database as its folder has them: a release.</summary>
internal sealed class MigrationSeries
{
    private string? artifact;

    public MigrationSeries(string name, string format, string formatReason, IReadOnlyList<Migration> migrations)
    {
        Name = name;
        Format = format;
        FormatReason = formatReason;
        Migrations = migrations;
    }

    /// <summary>The database's name in the configuration; the series' name in the target's history.</summary>
    public string Name { get; }

    /// <summary>The format's name.</summary>
    public string Format { get; }

    /// <summary>Why this format was taken.</summary>
    public string FormatReason { get; }

    /// <summary>Versioned and baseline migrations by version, then the repeatable ones by name.</summary>
    public IReadOnlyList<Migration> Migrations { get; }

    /// <summary>The name of the Sqitch project that it is; null in other formats.</summary>
    public string? Project => Migrations.Count == 0 ? null : Migrations[0].Sqitch?.Project;

    /// <summary>The artifact hash: SHA-256 over the ordered migrations with their scripts. What was tested and what is promoted is the same when this is.</summary>
    public string Artifact => artifact ??= Hash(Migrations);

    private static string Hash(IReadOnlyList<Migration> migrations)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var migration in migrations)
        {
            // One line a migration; ids and hashes hold no line ends, so two different series never give the same bytes.
            var line = $"{migration.Kind} {migration.Id} {migration.Up.Sha256} {migration.Up.NoTransaction} {migration.Disabled} {migration.Down?.Sha256 ?? "-"}{(migration.Verify is null ? "" : $" {migration.Verify.Sha256}")}\n";
            hash.AppendData(Encoding.UTF8.GetBytes(line));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
