using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>The settings beside a Flyway script, <c>V1__name.sql.conf</c>.</summary>
/// <remarks>Source: Flyway's documentation, "Script configuration": encoding, executeInTransaction, shouldExecute, placeholderReplacement, outOfOrder.</remarks>
internal sealed record FlywayScriptSettings(bool ExecuteInTransaction = true, bool PlaceholderReplacement = true, bool ShouldExecute = true, bool? OutOfOrder = null)
{
    public static FlywayScriptSettings Read(string path, string shown)
    {
        var settings = new FlywayScriptSettings();
        if (!File.Exists(path))
            return settings;
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var text = line.Trim();
            if (text.Length > 0 && text[0] != '#')
                settings = settings.With(text, new SourcePosition(shown, number, 1));
        }

        return settings;
    }

    public MigrationScript Apply(MigrationScript script) =>
        script with { NoTransaction = script.NoTransaction || !ExecuteInTransaction, ReplacePlaceholders = PlaceholderReplacement };

    private FlywayScriptSettings With(string line, SourcePosition at)
    {
        var (key, value) = line.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0 ? (line[..equals].Trim(), line[(equals + 1)..].Trim()) : (line, "");
        return key switch
        {
            "executeInTransaction" => this with { ExecuteInTransaction = Bool(value) },
            "placeholderReplacement" => this with { PlaceholderReplacement = Bool(value) },
            "shouldExecute" => this with { ShouldExecute = Bool(value) },
            "outOfOrder" => this with { OutOfOrder = Bool(value) },
            "encoding" when value.Replace("-", "", StringComparison.Ordinal).Equals("utf8", StringComparison.OrdinalIgnoreCase) => this,
            "encoding" => throw Wrong($"the encoding {value} is not supported", "Save the file as UTF-8."),
            _ => throw Wrong($"'{key}' is not a known setting of a Flyway script", "Known: executeInTransaction, placeholderReplacement, shouldExecute, outOfOrder, encoding."),
        };

        bool Bool(string text) => bool.TryParse(text, out var flag) ? flag : throw Wrong($"'{text}' is neither true nor false", $"Write {key}=true or {key}=false.");

        LockkeeperException Wrong(string message, string hint) => new(MigrateErrors.BadScriptSettings, message, hint, at);
    }
}
