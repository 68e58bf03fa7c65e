using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.PostgreSql.Sandbox.Verbs;

/// <summary>The parameters that say what kind of server to start.</summary>
internal static class ClusterParameters
{
    public static readonly Parameter Version = new("version", ParameterKind.Integer, "PostgreSQL's major version; by default the newest one on this machine")
    {
        ValueName = "MAJOR",
    };

    public static readonly Parameter Settings = new("set", ParameterKind.Text, "Server settings as in postgresql.conf, separated by commas")
    {
        ValueName = "NAME=VALUE,…",
    };

    /// <summary>What a call says.</summary>
    public static SandboxOptions Read(VerbCall call) => new()
    {
        MajorVersion = (int?)call.Integer(Version),
        Settings = ParseSettings(call.Text(Settings)),
    };

    /// <summary>Splits <c>a=1,b=2</c>. A piece without an equals sign belongs to the value before it, as in <c>search_path=app,public</c>.</summary>
    internal static IReadOnlyDictionary<string, string> ParseSettings(string? text)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? last = null;
        foreach (var piece in (text ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            var equals = piece.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                last = piece[..equals].Trim();
                settings[last] = piece[(equals + 1)..].Trim();
            }
            else if (last is not null)
            {
                settings[last] += "," + piece;
            }
            else if (text is not null)
            {
                throw new LockkeeperException(SandboxErrors.NotValid, $"'{piece}' is not a server setting", "Write name=value as in postgresql.conf, for example work_mem=64MB.");
            }
        }

        return settings;
    }
}
