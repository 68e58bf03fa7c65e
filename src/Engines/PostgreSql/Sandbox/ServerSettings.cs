using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>The lines of postgresql.conf of a sandbox cluster.</summary>
internal static partial class ServerSettings
{
    /// <summary>What a throw-away server has unless the caller says otherwise: no durability, which is what makes it fast.</summary>
    private static readonly IReadOnlyDictionary<string, string> Defaults = new Dictionary<string, string>
    {
        ["fsync"] = "off",
        ["synchronous_commit"] = "off",
        ["full_page_writes"] = "off",
        ["timezone"] = "UTC",
        ["log_timezone"] = "UTC",
    };

    /// <summary>What nobody may change: loopback only, and no sockets in shared folders.</summary>
    private static readonly IReadOnlyDictionary<string, string> Fixed = new Dictionary<string, string>
    {
        ["listen_addresses"] = "127.0.0.1",
        ["unix_socket_directories"] = "",
    };

    /// <summary>Refuses names and values that would break the file, or that are not the caller's to set.</summary>
    public static void Check(IReadOnlyDictionary<string, string> settings)
    {
        foreach (var (name, value) in settings)
        {
            if (!SettingName().IsMatch(name) || value.Any(char.IsControl))
                throw new LockkeeperException(SandboxErrors.NotValid, $"'{name}={value}' is not a server setting", "Write name=value as in postgresql.conf, for example work_mem=64MB.");
            if (Fixed.ContainsKey(name.ToLowerInvariant()) || name.Equals("port", StringComparison.OrdinalIgnoreCase))
                throw new LockkeeperException(SandboxErrors.NotValid, $"the setting '{name}' of a sandbox cluster cannot be changed", "Sandbox clusters listen on a free port of 127.0.0.1 only.");
        }
    }

    /// <summary>The text to append to postgresql.conf, in which the last line for a setting wins.</summary>
    public static string Text(IReadOnlyDictionary<string, string> settings)
    {
        var text = new StringBuilder("\n# Lockkeeper sandbox\n");
        foreach (var (name, value) in Defaults.Concat(settings).Concat(Fixed))
            text.AppendLine(CultureInfo.InvariantCulture, $"{name} = '{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'");
        return text.ToString();
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SettingName();
}
