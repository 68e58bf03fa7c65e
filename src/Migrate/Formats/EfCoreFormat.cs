using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>What <c>dotnet ef migrations script</c> writes, with or without <c>--idempotent</c>: many migrations in a file, each ending in a row for <c>__EFMigrationsHistory</c>.</summary>
/// <remarks>Source: EF Core's documentation, "Applying migrations", and the scripts that Npgsql's provider for EF Core 3.1 to 9 writes.</remarks>
internal sealed partial class EfCoreFormat : IMigrationFormat
{
    public string Name => "ef-core";

    public string Looks => "the file that 'dotnet ef migrations script' writes";

    public bool ReadsFile => true;

    public FormatClaim? Claim(SeriesFolder folder) => FormatClaim.ByContent(ContentMarker.Find(folder, folder.TopFiles, text => History().IsMatch(text)));

    public IReadOnlyList<Migration> Read(SeriesFolder folder) =>
        [.. (folder.Entry is { } entry ? [entry] : folder.TopFiles).SelectMany(file => new EfCoreScript(MigrationScript.ReadText(folder.FullPath(file), folder.Show(file)), folder.Show(file)).Migrations())];

    [GeneratedRegex(@"(CREATE TABLE IF NOT EXISTS|SELECT 1 FROM|INSERT INTO)\s+(""?\w+""?\.)?""__EFMigrationsHistory""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex History();
}
