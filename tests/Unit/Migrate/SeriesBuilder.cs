using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Tests.Unit.Migrate;

/// <summary>Makes series and histories for tests without files or servers.</summary>
internal static class SeriesBuilder
{
    public static MigrationSeries Series(params Migration[] migrations) => new("shop", "lockkeeper", "test", migrations);

    public static Migration Versioned(string version, string text = "SELECT 1", string? down = null) =>
        new(version, MigrationKind.Versioned, Version(version), "", Script($"{version}.sql", text), down is null ? null : Script($"{version}.down.sql", down));

    public static Migration Repeatable(string name, string text = "SELECT 1") => new($"R:{name}", MigrationKind.Repeatable, null, name, Script($"R__{name}.sql", text), null);

    public static Migration Baseline(string version) => new($"B:{version}", MigrationKind.Baseline, Version(version), "", Script($"B{version}.sql", "SELECT 1"), null);

    public static HistoryRow Row(Migration migration, HistoryOutcome outcome = HistoryOutcome.Applied, string? sha = null) => new(
        1, migration.Id, migration.Kind, migration.Name, migration.Up.File, sha ?? migration.Up.Sha256, "artifact", "run", "anna", DateTimeOffset.UnixEpoch, TimeSpan.Zero, outcome);

    public static MigrationVersion Version(string text) => MigrationVersion.TryParse(text, out var version) ? version : throw new ArgumentException(text);

    private static MigrationScript Script(string file, string text) => new() { File = file, Text = text, Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))) };
}
