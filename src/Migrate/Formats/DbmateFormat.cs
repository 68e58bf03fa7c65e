using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>dbmate's migrations: <c>20240101120000_name.sql</c> with <c>-- migrate:up</c> and <c>-- migrate:down</c>.</summary>
/// <remarks>Source: dbmate's documentation, "Creating migrations" and "Migration options", and its parser as of 2.36.</remarks>
internal sealed partial class DbmateFormat : IMigrationFormat
{
    public string Name => "dbmate";

    public string Looks => "20240101120000_name.sql with '-- migrate:up'";

    public IReadOnlyList<(string File, string Text)> NewFiles(string version, string slug, MigrationSeries series) =>
        [($"{version}_{slug}.sql", "-- migrate:up\n-- Write the change here.\n\n-- migrate:down\n-- Undo it here.\n")];

    public FormatClaim? Claim(SeriesFolder folder) =>
        FormatClaim.ByContent(ContentMarker.Find(folder, folder.TopFiles.Where(file => FileName().IsMatch(file)), text => text.Contains("migrate:", StringComparison.Ordinal) && Directive().IsMatch(text)));

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        var migrations = folder.TopFiles.Select(file => Read(folder, file)).ToList();
        NameOrder.Check(migrations, "dbmate");
        return migrations;
    }

    private static Migration Read(SeriesFolder folder, string file)
    {
        var match = FileName().Match(file);
        if (!match.Success || !MigrationVersion.TryParse(match.Groups["version"].Value, out var version))
        {
            throw new LockkeeperException(
                MigrateErrors.BadFileName, $"{folder.Show(file)} is not named as a dbmate migration",
                "Name it VERSION_name.sql, VERSION all digits, or move it out of the folder.", new SourcePosition(folder.Show(file), 1, 1));
        }

        var (up, down) = Split(MigrationScript.ReadText(folder.FullPath(file), folder.Show(file)), folder.Show(file));
        return new Migration(version.Text, MigrationKind.Versioned, version, match.Groups["name"].Value.TrimStart('_', '-').Replace('_', ' '), up, down);
    }

    private static (MigrationScript Up, MigrationScript? Down) Split(string text, string file)
    {
        (ScriptLine Line, bool NoTransaction)? up = null, down = null;
        foreach (var line in ScriptLine.Containing(text, "migrate:"))
        {
            var match = Directive().Match(line.Text);
            if (!match.Success)
                continue;
            var section = (line, NoTransaction(line, match, file));
            if (match.Groups["direction"].Value == "up" && up is null && down is null)
                up = section;
            else if (match.Groups["direction"].Value == "down" && up is not null && down is null)
                down = section;
            else
                throw Wrong(file, line, $"this '-- migrate:{match.Groups["direction"].Value}' is one too many, or out of order", "A file has one '-- migrate:up' and then one '-- migrate:down'; put a second pair into a file of its own.");
        }

        if (up is not var (first, plain))
            throw Wrong(file, new ScriptLine(1, 0, ""), "the file has no '-- migrate:up'", "Put it above the statements.");
        if (ScriptContent.HasStatement(text[..first.Start]))
            throw Wrong(file, first, "statements stand before '-- migrate:up'", "Move them below it.");
        // What stands above the directive are comments, and those may be directives of Lockkeeper.
        var upScript = ScriptContent.Runnable(Script(text[..(down?.Line.Start ?? text.Length)], 1, plain));
        return (upScript, down is var (last, also) ? ScriptContent.WayBack(Script(text[Math.Min(last.Next, text.Length)..], last.Number + 1, also)) : null);

        MigrationScript Script(string part, int firstLine, bool noTransaction)
        {
            var script = MigrationScript.Of(part, file, firstLine);
            return script with { NoTransaction = script.NoTransaction || noTransaction };
        }
    }

    private static bool NoTransaction(ScriptLine line, Match match, string file)
    {
        var noTransaction = false;
        foreach (var option in match.Groups["options"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            noTransaction = option switch
            {
                "transaction:false" => true,
                "transaction:true" => false,
                _ => throw Wrong(file, line, $"'{option}' is not an option of dbmate", "The options are transaction:false and transaction:true."),
            };
        }

        return noTransaction;
    }

    private static LockkeeperException Wrong(string file, ScriptLine line, string message, string hint) => new(MigrateErrors.BadScript, message, hint, new SourcePosition(file, line.Number, 1));

    [GeneratedRegex(@"^(?<version>\d+)(?<name>.*)\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^--[ \t]*migrate:(?<direction>up|down)(?<options>[ \t][^\n]*)?$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Directive();
}
