using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>The options in the first lines of a script of Evolve.</summary>
/// <param name="NoTransaction">It runs outside of a transaction.</param>
/// <param name="RunAlways">It runs each time.</param>
internal sealed partial record EvolveOptions(bool NoTransaction, bool RunAlways)
{
    /// <summary>Evolve looks at the lines from the first one that contain its name, and no further.</summary>
    public static bool IsOption(ScriptLine line) => line.Text.Contains("evolve", StringComparison.Ordinal) && line.Text.TrimStart().StartsWith("--", StringComparison.Ordinal);

    /// <summary>Reads them.</summary>
    /// <param name="script">The script.</param>
    /// <param name="repeats">Whether it is a repeatable migration: two options are for those only.</param>
    public static EvolveOptions Read(MigrationScript script, bool repeats)
    {
        var options = new EvolveOptions(false, false);
        foreach (var line in ScriptLine.Of(script.Head).TakeWhile(IsOption))
        {
            foreach (Match match in Option().Matches(line.Text))
                options = options.With(match.Value.ToLowerInvariant(), repeats, new SourcePosition(script.File, line.Number, match.Index + 1));
        }

        return options;
    }

    private EvolveOptions With(string option, bool repeats, SourcePosition at) => option switch
    {
        "evolve-tx-off" => this with { NoTransaction = true },
        "evolve-repeat-always" => this with { RunAlways = repeats },
        "evolve-repeatable-deps" when repeats => throw new LockkeeperException(
            MigrateErrors.NotSupported, "dependencies between repeatable migrations are not supported here", "Name the files so that they are in the right order: repeatable migrations run by name.", at),
        "evolve-repeatable-deps" => this,
        _ => throw new LockkeeperException(
            MigrateErrors.BadScript, $"'{option}' is not an option of Evolve", "Known: evolve-tx-off, evolve-repeat-always, evolve-repeatable-deps.", at),
    };

    [GeneratedRegex("evolve-[a-z-]+", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Option();
}
