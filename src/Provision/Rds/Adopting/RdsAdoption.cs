using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.PostgreSql;
using Lockkeeper.Provision.PostgreSql.Adopting;
using Lockkeeper.Provision.Rds.Comparing;
using Lockkeeper.Provision.Rds.Reading;

namespace Lockkeeper.Provision.Rds.Adopting;

/// <summary>Writes the declaration of what the service runs.</summary>
/// <param name="given">Its name, and where it is.</param>
/// <param name="reading">Reads the service.</param>
/// <param name="inside">What is inside, behind a host and a port and as the master user of that name; null when nobody can sign in.</param>
internal sealed class RdsAdoption(RdsDeclaration given, RdsReading reading, Func<string, int, string?, PostgreSqlCluster?> inside)
{
    private readonly YamlText yaml = new();

    private readonly List<string> notChecked = [];

    public async Task<AdoptedCluster> AdoptAsync(IProgressSink progress, CancellationToken cancel)
    {
        var instance = await reading.InstanceAsync(given.Id, cancel);
        if (instance?.Text("DBClusterIdentifier") is { } cluster)
            throw new LockkeeperException(ManagedErrors.NotThere, $"{given.Id} is an instance of the Aurora cluster {cluster}", $"Adopt the cluster: --url rds://{given.Managed.Region}/{cluster}");
        var main = instance ?? await reading.MainAsync(given.Id, isAurora: true, cancel) ?? throw new LockkeeperException(ManagedErrors.NotThere, $"there is no instance and no Aurora cluster '{given.Id}' in {given.Managed.Region}", "Look at the name, the region and the account of the credentials.");
        var engine = RdsDeclaration.EngineOf(main.Text("Engine") ?? "") ?? throw new LockkeeperException(ManagedErrors.NotThere, $"{given.Id} is {main.Text("Engine")}, which cannot be declared", "PostgreSQL and MySQL can, of RDS and of Aurora.");
        var declared = given.As(engine, main.Text("EngineVersion") ?? "");
        yaml.Comment($"{given.Cluster.Name}: {main.Text("Engine")} {main.Text("EngineVersion")}, as it was found. 'lk provision plan {given.Cluster.Name}' shows what differs from now on.");
        yaml.Key("cluster", YamlText.Scalar(given.Cluster.Name));
        yaml.Key("engine", engine);
        if (given.Cluster.Environment is { } environment)
            yaml.Key("environment", YamlText.Scalar(environment.Value));
        if (given.Cluster.Admin.Value.Length > 0)
            yaml.Key("admin", YamlText.Scalar(given.Cluster.Admin.Value));
        var group = declared.IsAurora ? main.Text("DBClusterParameterGroup") : main.Texts("DBParameterGroups", "DBParameterGroupName").FirstOrDefault();
        var members = declared.IsAurora ? await reading.MembersAsync(given.Id, cancel) : [];
        Managed(declared, main, members, group);
        if (group == declared.OurGroup && await reading.GroupAsync(group, declared.IsAurora, cancel) is { } ours)
        {
            yaml.Section("parameters", () =>
            {
                foreach (var (name, value) in ours.Parameters.OrderBy(one => one.Key, StringComparer.Ordinal))
                    yaml.Key(name, YamlText.Scalar(value));
            });
        }

        var within = declared.IsPostgreSql ? await InsideAsync(main, progress, cancel) : null;
        return new AdoptedCluster(yaml + (within?.Yaml ?? ""), $"{main.Text("Engine")} {main.Text("EngineVersion")} in {given.Managed.Region}", within?.Secrets ?? [], [.. notChecked, .. within?.NotChecked ?? []]);
    }

    private void Managed(RdsDeclaration declared, LiveThing main, IReadOnlyList<LiveThing> members, string? group) => yaml.Section("managed", () =>
    {
        yaml.Key("region", given.Managed.Region!);
        if (given.Managed.Endpoint is { } endpoint)
            yaml.Key("endpoint", YamlText.Scalar(endpoint));
        if (given.Id != given.Cluster.Name)
            yaml.Key("identifier", given.Id);
        yaml.Key("adopted", "true");
        foreach (var property in (declared.IsAurora ? ServiceProperties.OfAurora : ServiceProperties.OfInstance).Where(property => property.Word != "parameter_group"))
            Property(property, main);
        yaml.Comment("password: \"${env:MASTER_PASSWORD}\"   # the master user's; it cannot be read back");
        yaml.Section("tags", () =>
        {
            foreach (var (name, value) in main.Tags.Where(tag => !tag.Key.StartsWith("aws:", StringComparison.Ordinal) && !tag.Key.StartsWith("lockkeeper:", StringComparison.Ordinal)).OrderBy(tag => tag.Key, StringComparer.Ordinal))
                yaml.Key(name, YamlText.Scalar(value));
        });
        // The service's own group cannot be changed: it is what holds when nothing is said.
        if (group is not null && group != declared.OurGroup && !group.StartsWith("default.", StringComparison.Ordinal))
            yaml.Key("parameter_group", YamlText.Scalar(group));
        yaml.Section("instances", () =>
        {
            foreach (var member in members)
                yaml.Item(YamlText.Map([("name", member.Name), .. new[] { ("class", member.Text("DBInstanceClass")), ("tier", member.Text("PromotionTier")) }.Where(one => one.Item2 is not null).Select(one => (one.Item1, one.Item2!))]));
        });
    });

    private void Property(ServiceProperty property, LiveThing main)
    {
        if (property.Actual(main) is not { Length: > 0 } actual)
            return;
        var kind = main.Text("StorageType");
        // Disks without a choice of speed say which they have all the same, and so does one that is not encrypted of its key.
        if ((property.Word == "iops" && kind is not ("gp3" or "io1" or "io2")) || (property.Word == "throughput" && kind != "gp3") || (property.Word == "kms_key" && main.Text("StorageEncrypted") != "true"))
            return;
        yaml.Key(property.Word, property switch
        {
            { Member: not null } => YamlText.List(actual.Split(',')),
            { Unit: " GB" } => YamlText.Scalar(actual + "GB"),
            { Word: "version" or "kms_key" or "user" or "database" } => YamlText.Scalar(actual),
            _ when actual is "true" or "false" || actual.All(char.IsAsciiDigit) => actual,
            _ => YamlText.Scalar(property.Word == "maintenance_window" ? actual.ToLowerInvariant() : actual),
        });
    }

    private async Task<AdoptedCluster?> InsideAsync(LiveThing main, IProgressSink progress, CancellationToken cancel)
    {
        if (main.Endpoint is { } place && main.IsUsable && inside(place.Host, place.Port, main.Text("MasterUsername")) is { } target)
            return await target.AdoptInsideAsync(role => role.StartsWith("rds", StringComparison.Ordinal) || role == main.Text("MasterUsername"), progress, cancel);
        notChecked.Add("what is inside: say with --admin who may look, for example --admin 'postgres://deployer:${env:PASSWORD}@/postgres'");
        return null;
    }
}
