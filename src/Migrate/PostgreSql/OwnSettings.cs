using System.Text.RegularExpressions;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>
/// What a script without a transaction has set for the statements after it: search path, role, memory, time limits. It is sent again with each of them and taken back after it, so that it
/// holds after a crash too, when the next run goes on in another session, and so that a pooler cannot hand it to somebody else.
/// </summary>
internal sealed partial class OwnSettings
{
    private readonly List<string> settings = [];

    /// <summary>What takes a script's settings back.</summary>
    public static IReadOnlyList<NpgsqlBatchCommand> ResetAll => [.. SessionSettings.Reset.Select(sql => new NpgsqlBatchCommand(sql))];

    /// <summary>The settings so far, in their order.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Commands => [.. settings.Select(sql => new NpgsqlBatchCommand(sql))];

    /// <summary>Whether one takes another role, which may not know the history's tables.</summary>
    public bool ChangeRole => settings.Exists(sql => Role().IsMatch(sql));

    /// <summary>What takes them back; nothing when there are none.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Reset => settings.Count == 0 ? [] : ResetAll;

    /// <summary>Everything that a statement outside of a transaction needs in its session, which may have another path, such as that of the tenant before.</summary>
    public IEnumerable<NpgsqlBatchCommand> ForSession(SessionSettings migration) =>
        [.. migration.SearchPathText is { } path ? [new NpgsqlBatchCommand($"/* lk:migrate.search_path */ SET search_path = {path}")] : Array.Empty<NpgsqlBatchCommand>(), .. Commands];

    /// <summary>Keeps a statement that is a setting of the session; the same one again moves to the end.</summary>
    public void Add(PreparedStatement statement)
    {
        if (!Is(statement))
            return;
        settings.Remove(statement.Sql.Text);
        settings.Add(statement.Sql.Text);
    }

    /// <summary>Whether a statement is a setting of the session and nothing else.</summary>
    public static bool Is(PreparedStatement statement) =>
        statement.Facts is { ChangesSession: true, ControlsTransaction: false } facts && (facts.Command is "SET" or "RESET" || (facts.Command == "SELECT" && SetConfig().IsMatch(statement.Sql.Text)));

    [GeneratedRegex(@"\b(?:role|session\s+authorization|session_authorization)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Role();

    // As pg_dump begins its scripts.
    [GeneratedRegex(@"^SELECT\s+(?:pg_catalog\s*\.\s*)?set_config\s*\([^()]*\)$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex SetConfig();
}
