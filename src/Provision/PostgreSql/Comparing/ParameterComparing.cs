using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>Server parameters: those that are declared, and those that somebody set by ALTER SYSTEM.</summary>
internal static class ParameterComparing
{
    /// <summary>Set where the server is made or run, not through SQL.</summary>
    private static readonly string[] Elsewhere = ["data_directory", "config_file", "hba_file", "ident_file", "external_pid_file"];

    /// <param name="declared">The parameters as they should be.</param>
    /// <param name="live">The server.</param>
    /// <param name="ourFile">How the file is written that this program keeps them in, and in which ALTER SYSTEM is for nobody to use; null when there is none.</param>
    public static IEnumerable<Difference> Compare(IReadOnlyDictionary<string, Placed<string>> declared, LiveCluster live, Remedy? ourFile = null)
    {
        foreach (var (name, value) in declared)
        {
            var parameter = Find(name, value, live);
            if (ParameterValue.Read(parameter, value.Value, out var wanted) is { } refusal)
                throw new LockkeeperException(ProvisionErrors.BadParameter, $"the value of {name} is not one that the server takes: {refusal}", "Look at the parameter's page in PostgreSQL's documentation, or ask the server: SELECT * FROM pg_settings WHERE name = '" + name + "'.", value.At);
            if (parameter is not null)
                foreach (var difference in Of(parameter, wanted, value, ourFile))
                    yield return difference;
            else if (ourFile is null)
                yield return Unknown(name, value);
        }

        foreach (var parameter in live.Parameters.Values.Where(one => one.IsSystem && (ourFile is not null || !declared.Keys.Contains(one.Name, StringComparer.OrdinalIgnoreCase))).OrderBy(one => one.Name, StringComparer.Ordinal))
            yield return ByHand(parameter, declared.Keys.Contains(parameter.Name, StringComparer.OrdinalIgnoreCase));
    }

    private static IEnumerable<Difference> Of(LiveParameter parameter, string wanted, Placed<string> declared, Remedy? ourFile)
    {
        // What the files say comes first: what holds in this session may be a setting of its role.
        ParameterValue.Read(parameter, parameter.FromFile ?? (parameter.Source is "configuration file" or "command line" or "environment variable" or "override" ? parameter.Setting : parameter.Default), out var now);
        if (parameter.Source is "command line" or "environment variable" && now != wanted)
        {
            yield return new Difference
            {
                Phase = Phase.Parameters,
                Object = $"parameter {parameter.Name}",
                Change = $"{ParameterValue.Show(parameter, now)} → {ParameterValue.Show(parameter, wanted)}",
                At = declared.At,
                Kept = $"the server was started with it on its {parameter.Source}, which wins over every file: take it out there",
            };
            yield break;
        }

        var restarts = parameter.Context == "postmaster";
        // What ALTER SYSTEM has set over our file is said once, and taken away.
        if (ourFile is not null && parameter.IsSystem)
            yield break;
        if (now != wanted)
        {
            yield return new Difference
            {
                Phase = Phase.Parameters,
                Object = $"parameter {parameter.Name}",
                Change = $"{ParameterValue.Show(parameter, now)} → {ParameterValue.Show(parameter, wanted)}",
                Cost = restarts ? Cost.Restart : parameter.Context is "backend" or "superuser-backend" ? Cost.NewSessions : Cost.Reload,
                At = declared.At,
                Remedy = ourFile ?? new Remedy(null, $"ALTER SYSTEM SET {ParameterValue.SqlName(parameter.Name)} TO {ParameterValue.Sql(parameter.Name, declared.Value)}", "SELECT pg_reload_conf()") { InTransaction = false },
            };
        }
        else if (parameter.PendingRestart || (restarts && Holds(parameter) != wanted))
        {
            yield return new Difference
            {
                Phase = Phase.Parameters,
                Object = $"parameter {parameter.Name}",
                Change = $"{ParameterValue.Show(parameter, Holds(parameter))} → {ParameterValue.Show(parameter, wanted)}",
                Cost = Cost.Restart,
                At = declared.At,
                Kept = "it is set and waits for a restart of the server",
            };
        }
    }

    private static string Holds(LiveParameter parameter)
    {
        ParameterValue.Read(parameter, parameter.Setting, out var holds);
        return holds;
    }

    private static LiveParameter? Find(string name, Placed<string> value, LiveCluster live)
    {
        if (live.Parameters.TryGetValue(name, out var parameter))
        {
            if (parameter.Context == "internal" || Elsewhere.Contains(parameter.Name, StringComparer.Ordinal))
                throw new LockkeeperException(ProvisionErrors.BadParameter, $"{name} cannot be set: it is decided when the cluster is made or started", "Take it out.", value.At);
            return parameter;
        }

        // A library's parameters are known to the server only when the library is loaded.
        if (name.Contains('.', StringComparison.Ordinal))
            return null;
        throw new LockkeeperException(ProvisionErrors.BadParameter, $"PostgreSQL {live.Major} has no parameter '{name}'", NearestName.Hint(name, [.. live.Parameters.Keys], "parameters"), value.At);
    }

    private static Difference Unknown(string name, Placed<string> value) => new()
    {
        Phase = Phase.Parameters,
        Object = $"parameter {name}",
        Change = $"→ {value.Value}",
        Cost = Cost.Reload,
        At = value.At,
        // ALTER SYSTEM refuses a name that no loaded library knows (PostgreSQL 15), and an ordinary one would be kept without a check.
        Kept = $"no loaded library has this parameter: add the library to shared_preload_libraries and restart the server first",
    };

    private static Difference ByHand(LiveParameter parameter, bool isDeclared)
    {
        ParameterValue.Read(parameter, parameter.FromFile ?? parameter.Setting, out var now);
        return new Difference
        {
            Phase = Phase.Parameters,
            Object = $"parameter {parameter.Name}",
            Change = $"{ParameterValue.Show(parameter, now)} → {(isDeclared ? "as declared (set by ALTER SYSTEM over the instance's own file)" : "not set (set by ALTER SYSTEM and not declared)")}",
            Cost = parameter.Context == "postmaster" ? Cost.Restart : Cost.Reload,
            Remedy = new Remedy(null, $"ALTER SYSTEM RESET {ParameterValue.SqlName(parameter.Name)}", "SELECT pg_reload_conf()") { InTransaction = false },
        };
    }
}
