using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>Settings of roles and of databases: of what is declared, each one that is not is taken away.</summary>
internal static class SettingComparing
{
    public static IEnumerable<Difference> Compare(ClusterConfig declared, LiveCluster live)
    {
        foreach (var (name, role) in declared.Roles)
        {
            foreach (var difference in Of(Phase.RoleSettings, $"role {name}", $"ALTER ROLE {SqlText.Identifier(name)}", role.Value.Settings, live.Settings.Where(one => one.Role == name && one.Database is null), live))
                yield return difference;
            var databases = role.Value.SettingsIn.Keys.Union(live.Settings.Where(one => one.Role == name && one.Database is not null && declared.Databases.ContainsKey(one.Database)).Select(one => one.Database!));
            foreach (var database in databases)
            {
                var wanted = role.Value.SettingsIn.GetValueOrDefault(database) ?? new Dictionary<string, Placed<string>>();
                var now = live.Settings.Where(one => one.Role == name && one.Database == database);
                foreach (var difference in Of(Phase.DatabaseSettings, $"role {name} in {database}", $"ALTER ROLE {SqlText.Identifier(name)} IN DATABASE {SqlText.Identifier(database)}", wanted, now, live))
                    yield return difference;
            }
        }

        foreach (var (name, database) in declared.Databases)
            foreach (var difference in Of(Phase.DatabaseSettings, $"database {name}", $"ALTER DATABASE {SqlText.Identifier(name)}", database.Value.Settings, live.Settings.Where(one => one.Database == name && one.Role is null), live))
                yield return difference;
    }

    private static IEnumerable<Difference> Of(Phase phase, string what, string alter, IReadOnlyDictionary<string, Placed<string>> wanted, IEnumerable<LiveSetting> live, LiveCluster cluster)
    {
        var now = live.ToDictionary(one => one.Name, one => one.Value, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in wanted)
        {
            var parameter = Find(name, value, cluster);
            if (ParameterValue.Read(parameter, value.Value, out var should) is { } refusal)
                throw new LockkeeperException(ProvisionErrors.BadParameter, $"the value of {name} is not one that the server takes: {refusal}", "Look at the parameter's page in PostgreSQL's documentation.", value.At);
            string? has = null;
            if (now.Remove(name, out var text))
                ParameterValue.Read(parameter, text, out has);
            if (has == should)
                continue;
            yield return new Difference
            {
                Phase = phase,
                Object = what,
                Change = $"{name} {(has is null ? "not set" : ParameterValue.Show(parameter, has))} → {ParameterValue.Show(parameter, should)}",
                Cost = Cost.NewSessions,
                At = value.At,
                Remedy = new Remedy(null, $"{alter} SET {ParameterValue.SqlName(name)} TO {ParameterValue.Sql(name, value.Value)}"),
            };
        }

        foreach (var (name, text) in now.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            ParameterValue.Read(cluster.Parameters.GetValueOrDefault(name), text, out var has);
            yield return new Difference
            {
                Phase = phase,
                Object = what,
                Change = $"{name} {ParameterValue.Show(cluster.Parameters.GetValueOrDefault(name), has)} → not set (not declared)",
                Cost = Cost.NewSessions,
                Remedy = new Remedy(null, $"{alter} RESET {ParameterValue.SqlName(name)}"),
            };
        }
    }

    private static LiveParameter? Find(string name, Placed<string> value, LiveCluster live)
    {
        if (live.Parameters.TryGetValue(name, out var parameter))
        {
            if (parameter.Context is "internal" or "postmaster" or "sighup")
                throw new LockkeeperException(ProvisionErrors.BadParameter, $"{name} cannot be set for sessions: it holds for the whole server", "Set it under 'parameters'.", value.At);
            return parameter;
        }

        if (name.Contains('.', StringComparison.Ordinal))
            return null;
        throw new LockkeeperException(ProvisionErrors.BadParameter, $"PostgreSQL {live.Major} has no parameter '{name}'", NearestName.Hint(name, [.. live.Parameters.Keys], "parameters"), value.At);
    }
}
