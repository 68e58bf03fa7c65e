using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>Schemas and extensions of a database.</summary>
internal sealed class SchemaComparing(ClusterConfig declared, ClusterDatabaseConfig wanted, LiveCluster live, LiveContent now)
{
    public IEnumerable<Difference> Compare() => Schemas().Concat(Extensions());

    private IEnumerable<Difference> Schemas()
    {
        var there = now.Objects.Where(one => one.Kind == GrantObject.Schemas).ToDictionary(one => one.Name, StringComparer.Ordinal);
        foreach (var (name, schema) in wanted.Schemas)
        {
            if (!there.TryGetValue(name, out var has))
            {
                yield return new Difference
                {
                    Phase = Phase.Schemas,
                    Object = $"{now.Database}: schema {name}",
                    Change = $"new{(schema.Value.Owner is { } by ? $", owner {by}" : "")}",
                    At = schema.At,
                    Remedy = new Remedy(now.Database, $"CREATE SCHEMA {SqlText.Identifier(name)}{(schema.Value.Owner is { } owner ? $" AUTHORIZATION {SqlText.Identifier(owner)}" : "")}"),
                };
            }
            else if (schema.Value.Owner is { } owner && owner != has.Owner)
            {
                yield return new Difference
                {
                    Phase = Phase.Owners,
                    Object = $"{now.Database}: schema {name}",
                    Change = $"owner {has.Owner} → {owner}",
                    At = schema.At,
                    Remedy = new Remedy(now.Database, $"ALTER SCHEMA {SqlText.Identifier(name)} OWNER TO {SqlText.Identifier(owner)}"),
                };
            }
        }

        if (wanted.Schemas.Count == 0)
            yield break;
        foreach (var extra in there.Values.Where(one => !wanted.Schemas.ContainsKey(one.Name) && one.Name != "public" && !one.IsOfExtension && !wanted.Extensions.Values.Any(extension => extension.Value.Schema == one.Name)))
        {
            var drop = declared.Exact.Contains(ExactKind.Schemas);
            yield return new Difference
            {
                Phase = Phase.Removals,
                Object = $"{now.Database}: schema {extra.Name}",
                Change = drop ? "dropped (not declared)" : "not declared",
                Cost = drop ? Cost.Loss : Cost.None,
                Losses = drop ? [$"schema {extra.Name} of {now.Database} with all that is in it"] : [],
                Kept = drop ? null : "'exact' does not name schemas",
                Remedy = drop ? new Remedy(now.Database, $"DROP SCHEMA {SqlText.Identifier(extra.Name)} CASCADE") : null,
            };
        }
    }

    private IEnumerable<Difference> Extensions()
    {
        foreach (var (name, extension) in wanted.Extensions)
        {
            var has = now.Extensions.FirstOrDefault(one => one.Name == name);
            CheckInstalled(name, extension, has);
            if (has is null)
            {
                yield return new Difference
                {
                    Phase = Phase.Extensions,
                    Object = $"{now.Database}: extension {name}",
                    Change = $"new{(extension.Value.Version is { } version ? $", version {version}" : "")}",
                    At = extension.At,
                    Remedy = new Remedy(now.Database, [.. SchemaFirst(extension), $"CREATE EXTENSION {SqlText.Identifier(name)}{(extension.Value.Schema is { } into ? $" SCHEMA {SqlText.Identifier(into)}" : "")}{(extension.Value.Version is { } one ? $" VERSION {SqlText.Literal(one)}" : "")} CASCADE"]),
                };
                continue;
            }

            if (extension.Value.Version is { } wantedVersion && wantedVersion != has.Version)
            {
                yield return new Difference
                {
                    Phase = Phase.Extensions,
                    Object = $"{now.Database}: extension {name}",
                    Change = $"version {has.Version} → {wantedVersion}",
                    At = extension.At,
                    Remedy = new Remedy(now.Database, $"ALTER EXTENSION {SqlText.Identifier(name)} UPDATE TO {SqlText.Literal(wantedVersion)}"),
                };
            }

            if (extension.Value.Schema is { } schema && schema != has.Schema)
            {
                yield return new Difference
                {
                    Phase = Phase.Extensions,
                    Object = $"{now.Database}: extension {name}",
                    Change = $"schema {has.Schema} → {schema}",
                    At = extension.At,
                    Remedy = new Remedy(now.Database, [.. SchemaFirst(extension), $"ALTER EXTENSION {SqlText.Identifier(name)} SET SCHEMA {SqlText.Identifier(schema)}"]),
                };
            }
        }

        if (wanted.Extensions.Count == 0 && !declared.Exact.Contains(ExactKind.Extensions))
            yield break;
        foreach (var extra in now.Extensions.Where(one => one.Name != "plpgsql" && !wanted.Extensions.ContainsKey(one.Name)))
        {
            var drop = declared.Exact.Contains(ExactKind.Extensions);
            yield return new Difference
            {
                Phase = Phase.Removals,
                Object = $"{now.Database}: extension {extra.Name}",
                Change = drop ? "dropped (not declared)" : "not declared",
                Cost = drop ? Cost.Loss : Cost.None,
                Losses = drop ? [$"extension {extra.Name} of {now.Database} with its objects"] : [],
                Kept = drop ? null : "'exact' does not name extensions",
                // Without CASCADE: what uses it keeps it, and the error names what that is.
                Remedy = drop ? new Remedy(now.Database, $"DROP EXTENSION {SqlText.Identifier(extra.Name)}") : null,
            };
        }
    }

    /// <summary>A schema that only extensions need is made when it is missing.</summary>
    private IEnumerable<string> SchemaFirst(Placed<ExtensionConfig> extension) =>
        extension.Value.Schema is { } schema && !wanted.Schemas.ContainsKey(schema) && !now.Objects.Any(one => one.Kind == GrantObject.Schemas && one.Name == schema)
            ? [$"CREATE SCHEMA IF NOT EXISTS {SqlText.Identifier(schema)}"]
            : [];

    private void CheckInstalled(string name, Placed<ExtensionConfig> extension, LiveExtension? has)
    {
        if (!live.AvailableExtensions.TryGetValue(name, out var versions))
        {
            throw new LockkeeperException(
                ProvisionErrors.ExtensionMissing, $"the extension '{name}' is not installed on the machine of the server",
                Kernel.Config.NearestName.Of(name, live.AvailableExtensions.Keys) is { } near ? $"Did you mean '{near}'?" : $"Install its package there, on Debian for example postgresql-{live.Major}-{name.Replace('_', '-')}.", extension.At);
        }

        if (extension.Value.Version is { } version && version != has?.Version && !versions.Contains(version, StringComparer.Ordinal))
            throw new LockkeeperException(ProvisionErrors.ExtensionMissing, $"the extension '{name}' is not installed in version {version}", $"There is: {string.Join(", ", versions)}.", extension.At);
    }
}
