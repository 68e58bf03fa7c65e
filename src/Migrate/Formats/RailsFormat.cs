using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Rails' <c>db/structure.sql</c>: a dump of the whole schema that ends in the list of migrations that are in it. It becomes a baseline at the newest of them.</summary>
/// <remarks>Source: Active Record's PostgreSQLDatabaseTasks.structure_dump and dump_schema_information.</remarks>
internal sealed partial class RailsFormat : IMigrationFormat
{
    public string Name => "rails";

    public string Looks => "db/structure.sql";

    public bool ReadsFile => true;

    public FormatClaim? Claim(SeriesFolder folder) => FormatClaim.ByContent(ContentMarker.Find(folder, folder.TopFiles.Where(file => FileName().IsMatch(file)), text => Dump().IsMatch(text)));

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        var file = folder.Entry ?? folder.TopFiles.FirstOrDefault(name => FileName().IsMatch(name)) ?? throw new LockkeeperException(
            MigrateErrors.BadFileName, $"there is no structure.sql in {folder.Shown}", "Set config.active_record.schema_format = :sql and run 'rails db:schema:dump'.");
        if (folder.Entry is null && folder.TopFiles.FirstOrDefault(name => name != file) is { } other)
        {
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{folder.Show(other)} is beside {folder.Show(file)}, and only one of them can be the database's structure",
                $"Name the file itself: migrations: {folder.Show(file)}.", new SourcePosition(folder.Show(other), 1, 1));
        }

        var script = folder.Read(file);
        var version = Version(script);
        // Minor releases of pg_dump since August 2025 fence the dump for psql with a key that is another one each time.
        var text = Restrict().Replace(script.Text, match => new string(' ', match.Length));
        return [new Migration($"B:{version}", MigrationKind.Baseline, version, "structure", MigrationScript.Of(text, script.File) with { NoTransaction = script.NoTransaction, Timeout = script.Timeout }, null)];
    }

    private static MigrationVersion Version(MigrationScript script)
    {
        var list = Versions().Matches(script.Text).LastOrDefault();
        var newest = list?.Groups["version"].Captures.Select(capture => MigrationVersion.TryParse(capture.Value, out var version) ? version : null).Max();
        return newest ?? throw new LockkeeperException(
            MigrateErrors.BadScript, $"{script.File} does not say which migrations are in it", "It ends in INSERT INTO \"schema_migrations\" with their versions when 'rails db:schema:dump' has written it.", script.At);
    }

    [GeneratedRegex(@"^(\w+_)?structure\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^(SET statement_timeout|SET client_encoding|-- PostgreSQL database dump|\\restrict )", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Dump();

    [GeneratedRegex(@"^INSERT INTO ""?schema_migrations""? \(version\) VALUES\s*(\('(?<version>\d+)'\)[,;]?\s*)+", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 5000)]
    private static partial Regex Versions();

    [GeneratedRegex(@"^\\(un)?restrict [A-Za-z0-9]+[ \t]*$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Restrict();
}
