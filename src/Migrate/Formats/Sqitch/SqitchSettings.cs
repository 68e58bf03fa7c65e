using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Sqitch;

/// <summary>What a project's <c>sqitch.conf</c> says: where its plan and scripts are, for PostgreSQL.</summary>
/// <remarks>Source: Sqitch 1.3's manual pages sqitch-configuration and sqitch-deploy. The user's and the system's own files are not read: a series is what its folder says.</remarks>
internal sealed partial class SqitchSettings
{
    public const string FileName = "sqitch.conf";

    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    /// <summary>The plan file, below the folder.</summary>
    public string PlanFile => Path("plan_file") ?? InTop("sqitch.plan");

    /// <summary>Whether <c>sqitch deploy</c> runs verify scripts here.</summary>
    public bool Verify => values.GetValueOrDefault("deploy.verify") is "true" or "yes" or "on" or "1";

    /// <summary>What follows the last dot of a script's name.</summary>
    public string Extension => Value("extension") ?? "sql";

    /// <summary>The folder of deploy, revert or verify scripts.</summary>
    public string ScriptFolder(string kind, bool reworked)
    {
        var plain = Path($"{kind}_dir") ?? InTop(kind);
        return !reworked ? plain : Path($"reworked_{kind}_dir") ?? (Path("reworked_dir") is { } folder ? $"{folder}/{kind}" : plain);
    }

    /// <summary>Reads the settings of a folder; the defaults without a file.</summary>
    public static SqitchSettings Read(SeriesFolder folder)
    {
        var settings = new SqitchSettings();
        if (folder.Has(FileName))
            settings.Parse(MigrationScript.ReadText(folder.FullPath(FileName), folder.Show(FileName)), folder.Show(FileName));
        return settings;
    }

    private void Parse(string text, string shown)
    {
        var (section, number) = ("", 0);
        foreach (var line in text.Split('\n'))
        {
            number++;
            var trimmed = line.Trim();
            if (trimmed.Length == 0 || trimmed[0] is '#' or ';')
                continue;
            var at = new SourcePosition(shown, number, 1);
            if (SectionLine().Match(trimmed) is { Success: true } head)
                section = head.Groups["name"].Value.ToLowerInvariant() + (head.Groups["sub"].Success ? $".{head.Groups["sub"].Value}" : "");
            else if (ValueLine().Match(trimmed) is { Success: true } pair)
                Take(section, pair.Groups["key"].Value.ToLowerInvariant(), pair.Groups["value"].Success ? Unquote(pair.Groups["value"].Value) : "true", at);
            else
                throw new LockkeeperException(MigrateErrors.BadPlan, "this line is neither a section nor a setting", "Write [section] or key = value.", at);
        }
    }

    private void Take(string section, string key, string value, SourcePosition at)
    {
        if (section == "core" && key == "engine" && value != "pg")
        {
            throw new LockkeeperException(
                MigrateErrors.BadPlan, $"this Sqitch project is for the engine '{value}'", "Only projects for pg, PostgreSQL, can be run here.", at);
        }

        if ((key.EndsWith("_dir", StringComparison.Ordinal) || key == "plan_file") && section is "core" or "engine.pg" or "core.pg" && LeavesFolder(value))
        {
            throw new LockkeeperException(
                MigrateErrors.BadPlan, $"{key} = {value} is outside of the folder of {FileName}", "Point migrations of the database at the folder that holds all of it.", at);
        }

        values[$"{section}.{key}"] = value;
    }

    private static bool LeavesFolder(string path)
    {
        var depth = 0;
        return System.IO.Path.IsPathRooted(path) || path.Split('/').Any(part => (depth += part switch { "" or "." => 0, ".." => -1, _ => 1 }) < 0);
    }

    /// <summary>An engine's own value goes before the one for all engines.</summary>
    private string? Value(string key) => values.GetValueOrDefault($"engine.pg.{key}") ?? values.GetValueOrDefault($"core.pg.{key}") ?? values.GetValueOrDefault($"core.{key}");

    private string? Path(string key) => Value(key) is { } path ? Clean(path) : null;

    private string InTop(string name) => Clean($"{Value("top_dir") ?? "."}/{name}");

    private static string Clean(string path) => string.Join('/', path.Split('/').Where(part => part is not ("" or ".")));

    private static string Unquote(string value)
    {
        var bare = value.Length > 1 && value[0] == '"' && value.IndexOf('"', 1) is var close and > 0 ? value[1..close] : CommentAtEnd().Replace(value, "").TrimEnd();
        return bare.Replace(@"\""", "\"", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal);
    }

    [GeneratedRegex("""^\[\s*(?<name>[A-Za-z0-9.-]+)(?:\s+"(?<sub>[^"]*)")?\s*\]\s*(?:[#;].*)?$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SectionLine();

    [GeneratedRegex(@"^(?<key>[A-Za-z][A-Za-z0-9_-]*)\s*(=\s*(?<value>.*))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ValueLine();

    [GeneratedRegex(@"(^|\s)[#;].*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CommentAtEnd();
}
