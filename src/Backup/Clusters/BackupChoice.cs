using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Clusters;

/// <summary>Which cluster a call is about.</summary>
internal static class BackupChoice
{
    /// <summary>The first argument of the verbs.</summary>
    public static Parameter Name { get; } = new("cluster", ParameterKind.Text, "A declared cluster; may be left out when only one declares backups") { Positional = true, ValueName = "CLUSTER" };

    /// <summary>The first argument of verbs that need no policy.</summary>
    public static Parameter AnyName { get; } = new("cluster", ParameterKind.Text, "A declared cluster") { Positional = true, Required = true, ValueName = "CLUSTER" };

    /// <summary>The declared cluster that a call names, with a policy or without.</summary>
    /// <exception cref="LockkeeperException">There is none.</exception>
    public static ClusterConfig AnyOf(VerbCall call) => Named(ClusterReader.Load(call.Workspace.ProjectFolder, call.Workspace.Config.Include), call.Required(AnyName));

    /// <summary>The declared cluster that a call names, with its policy, or one that a managed service runs, whose policy is the service's.</summary>
    /// <exception cref="LockkeeperException">There is none, or it declares no backups.</exception>
    public static ClusterConfig WithManaged(VerbCall call)
    {
        var all = ClusterReader.Load(call.Workspace.ProjectFolder, call.Workspace.Config.Include);
        if (call.Text(Name) is { } name)
            return all.FirstOrDefault(cluster => cluster.Name == name) is { Managed: not null } managed ? managed : Of(call);
        return all.Where(cluster => cluster.Backup is not null).ToList() switch
        {
            [var only] => only,
            [] when all is [{ Managed: not null } only] => only,
            [] => Of(call),
            var several => throw Several(several),
        };
    }

    /// <summary>The declared cluster that a call names, with its policy.</summary>
    /// <exception cref="LockkeeperException">There is none, or it declares no backups.</exception>
    public static ClusterConfig Of(VerbCall call)
    {
        var all = ClusterReader.Load(call.Workspace.ProjectFolder, call.Workspace.Config.Include);
        var able = all.Where(cluster => cluster is { Backup: not null, Managed: null }).ToList();
        if (call.Text(Name) is not { } name)
        {
            return able.Count switch
            {
                1 => able[0],
                0 => throw new LockkeeperException(BackupErrors.NoPolicy, "no declared cluster has backups", "Add the key backup to its file, for example: backup: { repositories: [ { path: /var/lib/pgbackrest } ] }"),
                _ => throw Several(able),
            };
        }

        var chosen = Named(all, name);
        if (chosen.Managed is not null)
            throw new LockkeeperException(BackupErrors.NoPolicy, $"a managed service runs '{name}' and keeps its backups by its own means", "Of its backups: lk backup take, list, alerts, drill, restore, expire, estimate and document.", new SourcePosition(chosen.File, 1, 1));
        return chosen.Backup is not null ? chosen : throw new LockkeeperException(
            BackupErrors.NoPolicy, $"the cluster '{name}' declares no backups", "Add the key backup to its file, for example: backup: { repositories: [ { path: /var/lib/pgbackrest } ] }", new SourcePosition(chosen.File, 1, 1));
    }

    private static LockkeeperException Several(List<ClusterConfig> able) => new(KernelErrors.WrongUse, "several clusters declare backups", $"Name one of them: {string.Join(", ", able.Select(cluster => cluster.Name))}.");

    private static ClusterConfig Named(IReadOnlyList<ClusterConfig> all, string name) =>
        all.FirstOrDefault(cluster => cluster.Name == name) ?? throw new LockkeeperException(KernelErrors.UnknownName, $"there is no cluster '{name}'", NearestName.Hint(name, [.. all.Select(cluster => cluster.Name)], "clusters"));
}
