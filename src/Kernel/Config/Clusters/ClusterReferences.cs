using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Clusters;

/// <summary>Checks what one part of a declaration says about another.</summary>
internal static class ClusterReferences
{
    public static void Check(ClusterConfig cluster)
    {
        var errors = new List<LockkeeperException>(ManagedReferences.Check(cluster));
        foreach (var (name, role) in cluster.Roles)
        {
            CheckName(name, role, errors);
            foreach (var twice in role.Value.MemberOf.GroupBy(one => one.Value.Role).Where(group => group.Count() > 1))
                errors.Add(Wrong($"the membership of '{name}' in '{twice.Key}' is declared twice", "Keep one of them.", twice.Last().At));
            foreach (var database in role.Value.SettingsIn.Keys.Where(database => !cluster.Databases.ContainsKey(database)))
                errors.Add(Wrong($"'settings_in' of the role '{name}' names the database '{database}', which is not declared", NearestName.Hint(database, [.. cluster.Databases.Keys], "databases"), role.At));
        }

        CheckCycles(cluster, errors);
        foreach (var (database, pool) in cluster.Pooler?.Value.Databases.Where(one => !cluster.Databases.ContainsKey(one.Key)) ?? [])
            errors.Add(Wrong($"the pooler names the database '{database}', which is not declared", NearestName.Hint(database, [.. cluster.Databases.Keys], "databases"), pool.At));
        foreach (var (role, pool) in cluster.Pooler?.Value.Users.Where(one => !cluster.Roles.ContainsKey(one.Key)) ?? [])
            errors.Add(Wrong($"the pooler names the role '{role}', which is not declared", NearestName.Hint(role, [.. cluster.Roles.Keys], "roles"), pool.At));
        // pgbouncer(5) speaks of quoted names, and the program refuses them (1.18).
        foreach (var (name, pool) in cluster.Pooler is { Value.Engine: PoolerEngine.PgBouncer } bouncer ? bouncer.Value.Databases.Concat(bouncer.Value.Users).Where(one => !PoolerConfig.CanName(one.Key)) : [])
            errors.Add(Wrong($"PgBouncer's file has no way to write the name '{name}'", "Such a database or role is reached directly: take it out of the pooler.", pool.At));
        if (cluster.Pooler is { Value.Engine: not PoolerEngine.RdsProxy } own && ClusterEngines.Managed.Contains(cluster.Engine, StringComparer.Ordinal))
            errors.Add(Wrong("a pooler of one's own in front of a managed service is not made yet", "Write engine: rds-proxy, which the Terraform module has, or take it out.", own.At));
        if (cluster.Pooler is { } pooler && cluster.Roles.ContainsKey(pooler.Value.AuthUser))
            errors.Add(Wrong($"the role '{pooler.Value.AuthUser}' is the pooler's own and declared by it", "Take it out of 'roles', or name another one: auth_user", pooler.At));
        foreach (var (name, database) in cluster.Databases)
        {
            if (name is "template0")
                errors.Add(Wrong("the database 'template0' cannot be declared: it takes no connections", "Take it out.", database.At));
            foreach (var role in RolesOf(database.Value).Where(role => !IsKnown(cluster, role.Name)))
                errors.Add(Wrong($"the role '{role.Name}' is not declared", NearestName.Hint(role.Name, [.. cluster.Roles.Keys], "roles"), role.At));
            foreach (var (table, security) in database.Value.RowSecurity.Where(table => !table.Key.Contains('.', StringComparison.Ordinal)))
                errors.Add(Wrong($"'{table}' under 'row_security' has no schema", $"Write it with its schema, for example public.{table}.", security.At));
        }

        CheckInstance(cluster, errors);
        CheckBackup(cluster, errors);
        CheckMonitoring(cluster, errors);
        if (errors.Count == 0)
            return;
        var first = errors[0];
        throw new LockkeeperException(first.Code, first.Message, first.Hint, first.At) { Others = [.. errors.Skip(1)] };
    }

    /// <summary>Whether a role that is named is one that the file declares or that every server has.</summary>
    private static bool IsKnown(ClusterConfig cluster, string role) =>
        role == "public" || cluster.Roles.ContainsKey(role) || role.StartsWith("pg_", StringComparison.Ordinal);

    private static IEnumerable<(string Name, SourcePosition At)> RolesOf(ClusterDatabaseConfig database)
    {
        foreach (var grant in database.Grants ?? [])
        {
            foreach (var role in grant.Value.To)
                yield return (role, grant.At);
        }

        foreach (var one in database.DefaultPrivileges ?? [])
        {
            foreach (var role in one.Value.To.Concat(one.Value.Creators))
                yield return (role, one.At);
        }
    }

    private static void CheckInstance(ClusterConfig cluster, List<LockkeeperException> errors)
    {
        foreach (var twice in cluster.Nodes.GroupBy(node => node.Value.Name).Where(group => group.Count() > 1))
            errors.Add(Wrong($"the node '{twice.Key}' is declared twice", "Rename one of them.", twice.Last().At));
        if (cluster.Nodes.Count(node => node.Value.Role == NodeRole.Primary) != 1 && cluster.Nodes.Count > 0)
            errors.Add(Wrong("one node must be the primary", "Write role: replica in the others.", cluster.Nodes[^1].At));
        if (cluster.Instance is { } instance)
        {
            if (cluster.Engine != "postgres")
                errors.Add(Wrong($"an instance is made of the engine postgres, and not of {cluster.Engine}", "Take the key instance out: the service keeps the server.", instance.At));
            if (cluster.Version is null)
                errors.Add(Wrong("an instance that is made needs a version", "Add it, for example: version: 17", instance.At));
            return;
        }

        foreach (var (key, at) in new[] { ("nodes", cluster.Backup is null || cluster.Managed is not null ? cluster.Nodes.FirstOrDefault()?.At : null), ("access", cluster.Access?.FirstOrDefault()?.At), ("tls", cluster.Tls?.At) })
        {
            if (at is not null)
                errors.Add(Wrong($"'{key}' is about a server that the program keeps, and none is declared", "Add the key instance, or take it out.", at));
        }
    }

    private static void CheckMonitoring(ClusterConfig cluster, List<LockkeeperException> errors)
    {
        if (cluster.Monitoring?.Value.Exporter is not { } exporter)
            return;
        if (!cluster.Roles.TryGetValue(exporter.Value.Role, out var role))
            errors.Add(Wrong($"the exporter signs in as '{exporter.Value.Role}', which is not declared", NearestName.Hint(exporter.Value.Role, [.. cluster.Roles.Keys], "roles"), exporter.At));
        else if (!role.Value.Login || role.Value.Password is null)
            errors.Add(Wrong($"the exporter signs in as '{exporter.Value.Role}', which has no password or may not sign in", "Give it login: true and a password, by reference.", role.At));
    }

    private static void CheckBackup(ClusterConfig cluster, List<LockkeeperException> errors)
    {
        if (cluster is { Managed: null, Backup: { } own })
        {
            if (own.Value.Repositories.Count == 0)
                errors.Add(new LockkeeperException(KernelErrors.ConfigMissingKey, "'backup' has no 'repositories'", "Add it, for example: repositories: [ { path: /var/lib/pgbackrest } ]", own.At));
            if (own.Value.Drill.Class is not null)
                errors.Add(Wrong("'backup: drill: class' is a class of instances of a managed service, and a host keeps this cluster", "Take it out; 'folder' says where on the host a drill puts its copy.", own.At));
        }

        foreach (var twice in cluster.Backup?.Value.Repositories.GroupBy(one => (one.Value.Path, one.Value.ObjectStore?.Endpoint, one.Value.ObjectStore?.Bucket)).Where(group => group.Count() > 1) ?? [])
            errors.Add(Wrong($"the repository {twice.Key.Path} is declared twice", "A second repository is a second place: give it another path or store.", twice.Last().At));
        foreach (var twice in cluster.Backup?.Value.Checks.GroupBy(one => one.Value.Name).Where(group => group.Count() > 1) ?? [])
            errors.Add(Wrong($"the question '{twice.Key}' is declared twice", "Rename one of them.", twice.Last().At));
    }

    private static void CheckName(string name, Placed<RoleConfig> role, List<LockkeeperException> errors)
    {
        // PostgreSQL refuses both: pg_ is the server's own, public and none are words of the grammar.
        if (name.StartsWith("pg_", StringComparison.Ordinal) || name is "public" or "none")
            errors.Add(Wrong($"a role cannot be named '{name}'", "Names that start with pg_, public and none belong to the server.", role.At));
    }

    private static void CheckCycles(ClusterConfig cluster, List<LockkeeperException> errors)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in cluster.Roles.Keys)
            Walk(name, []);

        void Walk(string name, List<string> path)
        {
            if (path.IndexOf(name) is >= 0 and var start)
            {
                var cycle = path.Skip(start).Append(name).ToList();
                if (errors.TrueForAll(error => !error.Message.StartsWith("memberships go in a circle", StringComparison.Ordinal)))
                    errors.Add(Wrong($"memberships go in a circle: {string.Join(" → ", cycle)}", "Take one of them out: PostgreSQL refuses the last one.", cluster.Roles[name].At));
                return;
            }

            if (done.Contains(name) || !cluster.Roles.TryGetValue(name, out var role))
                return;
            path.Add(name);
            foreach (var membership in role.Value.MemberOf)
                Walk(membership.Value.Role, path);
            path.RemoveAt(path.Count - 1);
            done.Add(name);
        }
    }

    private static LockkeeperException Wrong(string message, string hint, SourcePosition at) => new(KernelErrors.ConfigBadValue, message, hint, at);
}
