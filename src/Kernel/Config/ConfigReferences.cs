using Lockkeeper.Kernel.Config.Shape;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config;

/// <summary>Checks what one part of the file says about another. It walks the nodes, not the records, so that a mistake
/// elsewhere in the file does not hide one here; whatever has the wrong shape was reported already and is passed over.</summary>
internal static class ConfigReferences
{
    public static void Check(YamlNode root, Problems problems)
    {
        if (root is not YamlMap file)
            return;
        var databases = file.Find("databases") as YamlMap;
        var groups = file.Find("groups") is { } node ? node as YamlMap : new YamlMap([], 1, 1);
        var environments = Maps(file.Find("environments"));
        Unique(environments, "environment", problems);
        if (file.Find("state") is YamlScalar { IsNull: false } state && IsRight(state.Text) && TargetShape.HasLiteralPassword(state.Text))
            problems.Warn("literal-password", state, "'state' has a password in the file", "Put the URL or its password into a reference: ${env:NAME}, ${file:PATH} or ${exec:COMMAND}.");
        foreach (var environment in environments)
        {
            CheckTargets(environment, databases, problems);
            CheckApprovals(environment, groups, problems);
            Unique(Maps(environment.Find("gates")), "gate", problems);
        }

        if (file.Find("server") is YamlMap server)
            Unique(Maps(server.Find("schedules")), "schedule", problems);
        WarnOfUnused(databases, environments, problems);
    }

    private static void CheckTargets(YamlMap environment, YamlMap? databases, Problems problems)
    {
        if (environment.Find("targets") is not YamlMap targets || databases is not { Entries.Count: > 0 })
            return;
        var names = databases.Entries.Select(entry => entry.Key.Text).ToList();
        foreach (var (key, value) in targets.Entries)
        {
            if (!names.Contains(key.Text, StringComparer.Ordinal))
                problems.Add(KernelErrors.ConfigBadValue, key, $"'{key.Shown}' is not declared under 'databases'", NearestName.Hint(key.Text, names, "databases"));
            foreach (var url in Urls(value).Where(url => !url.IsNull && IsRight(url.Text) && TargetShape.HasLiteralPassword(url.Text)))
                problems.Warn("literal-password", url, $"the target '{key.Shown}' has a password in the file", "Put the URL or its password into a reference: ${env:NAME}, ${file:PATH} or ${exec:COMMAND}.");
        }
    }

    private static IEnumerable<YamlScalar> Urls(YamlNode target) => target switch
    {
        YamlScalar url => [url],
        YamlMap map => (map.Find("url") is YamlScalar one ? [one] : Array.Empty<YamlScalar>()).Concat(map.Find("urls") is YamlList list ? list.Items.OfType<YamlScalar>() : []),
        _ => [],
    };

    private static bool IsRight(string target)
    {
        try
        {
            SecretText.Parse(target);
            return true;
        }
        catch (LockkeeperException)
        {
            return false;
        }
    }

    private static void CheckApprovals(YamlMap environment, YamlMap? groups, Problems problems)
    {
        if (groups is null || environment.Find("approvals") is not YamlMap approvals || approvals.Find("groups") is not YamlList { Items.Count: > 0 } asked)
            return;
        var names = groups.Entries.Select(entry => entry.Key.Text).ToList();
        var people = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in asked.Items)
        {
            if (item is not YamlScalar name)
                return;
            if (groups.Find(name.Text) is not { } members)
            {
                var hint = names.Count == 0 ? $"Add it, for example: groups: {{ {name.Shown}: [ada, grace] }}" : NearestName.Hint(name.Text, names, "groups");
                problems.Add(KernelErrors.ConfigBadValue, name, $"'{name.Shown}' is not declared under 'groups'", hint);
                return;
            }

            people.UnionWith(members is YamlList list ? list.Items.OfType<YamlScalar>().Select(person => person.Text) : []);
        }

        if (approvals.Find("required") is YamlScalar number && int.TryParse(number.Text, out var required) && required > people.Count)
            problems.Add(KernelErrors.ConfigBadValue, number, $"{required} people must approve, but the groups have {people.Count}", "Add people to the groups, or ask for fewer approvals.");
    }

    private static void Unique(IReadOnlyList<YamlMap> items, string noun, Problems problems)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (item.Find("name") is YamlScalar name && !lines.TryAdd(name.Text, name.Line))
                problems.Add(KernelErrors.ConfigDuplicateKey, name, $"there are two {noun}s named '{name.Shown}'", $"The first stands in line {lines[name.Text]}: rename one of them.");
        }
    }

    private static void WarnOfUnused(YamlMap? databases, IReadOnlyList<YamlMap> environments, Problems problems)
    {
        foreach (var (key, _) in databases?.Entries ?? [])
        {
            if (environments.Count > 0 && !environments.Any(environment => (environment.Find("targets") as YamlMap)?.Find(key.Text) is not null))
                problems.Warn("database-without-target", key, $"no environment has a target for the database '{key.Shown}'", "Add it under 'targets' of an environment.");
        }
    }

    private static List<YamlMap> Maps(YamlNode? node) => node is YamlList list ? [.. list.Items.OfType<YamlMap>()] : [];
}
