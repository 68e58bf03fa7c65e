using System.Xml.Linq;

namespace Lockkeeper.Tests.TestKit.Rds;

/// <summary>A parameter group of the emulator, and the parameters that its engine has.</summary>
internal sealed class EmulatedGroup(string name, string family)
{
    /// <summary>Name, type, allowed values, whether it holds after a restart only, whether it can be set.</summary>
    private static readonly (string Name, string Type, string Allowed, bool IsStatic, bool IsModifiable)[] Engine =
    [
        ("work_mem", "integer", "64-2147483647", false, true), ("shared_buffers", "integer", "16-1073741823", true, true), ("max_connections", "integer", "6-262143", true, true),
        ("log_min_duration_statement", "integer", "-1-2147483647", false, true), ("autovacuum", "boolean", "0,1", false, true), ("autovacuum_vacuum_scale_factor", "float", "0-100", false, true),
        ("shared_preload_libraries", "list", "auto_explain,pg_stat_statements,pgaudit,pg_cron", true, true), ("wal_level", "string", "", true, false), ("log_statement", "string", "none,ddl,mod,all", false, true),
        ("rds.force_ssl", "boolean", "0,1", false, true),
        // So many that they come in several pages, and more than go into one call.
        .. Enumerable.Range(1, 120).Select(i => ($"tuning.knob_{i}", "integer", "0-1000", false, true)),
    ];

    public string Name => name;

    public string Family => family;

    public string Arn => $"arn:aws:rds:eu-west-1:111122223333:pg:{name}";

    public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

    public static IEnumerable<XElement> Defaults => Engine.Select(one => new XElement("Parameter",
        new XElement("ParameterName", one.Name), new XElement("DataType", one.Type), one.Allowed.Length == 0 ? null : new XElement("AllowedValues", one.Allowed), new XElement("ApplyType", one.IsStatic ? "static" : "dynamic"),
        new XElement("IsModifiable", one.IsModifiable ? "true" : "false")));

    public IEnumerable<XElement> Set => Values.Select(one => new XElement("Parameter", new XElement("ParameterName", one.Key), new XElement("ParameterValue", one.Value)));

    /// <summary>Changes or resets parameters.</summary>
    /// <returns>Whether one of them needs a restart; null when the service refuses.</returns>
    public bool? Change(IReadOnlyDictionary<string, string> form, bool isReset)
    {
        var needsRestart = false;
        for (var i = 1; form.TryGetValue($"Parameters.Parameter.{i}.ParameterName", out var parameter); i++)
        {
            var known = Array.Find(Engine, one => one.Name == parameter);
            // The service takes at most 20 in one call, and a static one not at once.
            if (i > 20 || known.Name is null || (known.IsStatic && form[$"Parameters.Parameter.{i}.ApplyMethod"] == "immediate"))
                return null;
            needsRestart |= known.IsStatic;
            if (isReset)
                Values.Remove(parameter);
            else
                Values[parameter] = form[$"Parameters.Parameter.{i}.ParameterValue"];
        }

        return needsRestart;
    }
}
