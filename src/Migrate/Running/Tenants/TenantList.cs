using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>Finds out which tenants a target has, from its list, file or query.</summary>
/// <param name="engine">The engine.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="environment">The environment.</param>
/// <param name="database">The database.</param>
internal sealed class TenantList(ITargetFactory engine, Workspace workspace, EnvironmentConfig environment, DatabaseConfig database)
{
    private TargetConfig Target => environment.Targets[database.Name];

    private string What => $"{database.Name} in {environment.Name}";

    /// <summary>The tenants, in the order of the list.</summary>
    /// <param name="server">The server of the target's URL; null when each tenant has its own.</param>
    /// <param name="cancel">Stops a query.</param>
    /// <exception cref="LockkeeperException">The list cannot be read, is empty, or has a tenant twice.</exception>
    public async Task<IReadOnlyList<Tenant>> ReadAsync(ITenantServer? server, CancellationToken cancel)
    {
        var tenants = (Target.Schemas, Target.Databases) switch
        {
            ({ } schemas, _) => await NamedAsync(server!, schemas, await UrlAsync(Target.Url!, cancel), isSchema: true, cancel),
            (_, { } databases) => await NamedAsync(server!, databases, "", isSchema: false, cancel),
            _ => await ByUrlAsync(Target.File is { } file ? await FileAsync(file, cancel) : Target.Urls, cancel),
        };
        return tenants.Count > 0 ? tenants : throw new LockkeeperException(
            MigrateErrors.NoTenants, $"{What} has no tenants: {(Target.File is { } empty ? $"{empty} has no line" : "the query returned no row")}",
            "Check it; a release that has nowhere to go is no success.", Target.At);
    }

    /// <summary>The URL, secrets resolved.</summary>
    public async Task<string> UrlAsync(PlacedText url, CancellationToken cancel) => await workspace.Secrets.ResolveAsync(url.Text, cancel);

    private async Task<IReadOnlyList<Tenant>> NamedAsync(ITenantServer server, TenantNames names, string url, bool isSchema, CancellationToken cancel)
    {
        var listed = names.Query is { } query ? await QueryAsync(server, query, names.At, cancel) : names.Names;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var tenants = new List<Tenant>(listed.Count);
        foreach (var name in listed)
        {
            if (!seen.Add(name.Text))
                throw new LockkeeperException(MigrateErrors.DuplicateTenant, $"the tenant '{name.Text}' of {What} is listed twice", "Let the query return each name once, for example with DISTINCT.", name.At);
            if (isSchema && (name.Text is "lockkeeper" or "information_schema" || name.Text.StartsWith("pg_", StringComparison.Ordinal)))
                throw new LockkeeperException(MigrateErrors.TenantListUnreadable, $"'{name.Text}' cannot be a tenant: the schema is not the tenants' own", "Take it out of the list, or correct the query.", name.At);
            tenants.Add(isSchema ? new Tenant(name.Text, url, name.Text, name.At) : new Tenant(name.Text, server.UrlOf(name.Text), "", name.At));
        }

        return tenants;
    }

    private async Task<IReadOnlyList<PlacedText>> QueryAsync(ITenantServer server, string query, SourcePosition at, CancellationToken cancel)
    {
        IReadOnlyList<string?> rows;
        try
        {
            rows = await server.QueryAsync(query, cancel);
        }
        catch (LockkeeperException e)
        {
            throw new LockkeeperException(
                MigrateErrors.TenantListUnreadable, $"the query for the tenants of {What} failed: {e.Message}", e.Hint ?? "Try the query with psql on the target's URL; it runs in a read-only transaction.", at, e) { Facts = e.Facts };
        }

        var empty = rows.ToList().FindIndex(string.IsNullOrEmpty);
        return empty < 0 ? [.. rows.Select(name => new PlacedText(name!, at))] : throw new LockkeeperException(
            MigrateErrors.TenantListUnreadable, $"row {empty + 1} of the query for the tenants of {What} has no name", "Let its first column be the name, and leave rows without one out.", at);
    }

    private async Task<IReadOnlyList<PlacedText>> FileAsync(string file, CancellationToken cancel)
    {
        try
        {
            var lines = await File.ReadAllLinesAsync(Path.Combine(workspace.ProjectFolder, file), cancel);
            return [.. lines.Select((line, index) => new PlacedText(line.Trim(), new SourcePosition(file, index + 1, 1))).Where(line => line.Text.Length > 0 && !line.Text.StartsWith('#'))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(MigrateErrors.TenantListUnreadable, $"the list of tenants {file} cannot be read: {e.Message}", "Its path starts at the folder of lockkeeper.yaml.", Target.At, e);
        }
    }

    private async Task<IReadOnlyList<Tenant>> ByUrlAsync(IReadOnlyList<PlacedText> urls, CancellationToken cancel)
    {
        var seen = new Dictionary<string, PlacedText>(StringComparer.Ordinal);
        var tenants = new List<Tenant>(urls.Count);
        foreach (var entry in urls)
        {
            var (url, name) = await ResolveAsync(entry, cancel);
            if (!seen.TryAdd(name, entry))
                throw new LockkeeperException(MigrateErrors.DuplicateTenant, $"two tenants of {What} are the same database: {name}", $"The first one is listed at {seen[name].At}: remove one of them.", entry.At);
            tenants.Add(new Tenant(name, url, "", entry.At));
        }

        return tenants;
    }

    private async Task<(string Url, string Name)> ResolveAsync(PlacedText entry, CancellationToken cancel)
    {
        try
        {
            var url = await UrlAsync(entry, cancel);
            await using var target = engine.Create(database, url, workspace.Redactor, workspace.Clock);
            return (url, target.Name);
        }
        catch (LockkeeperException e) when (e.At is null)
        {
            throw new LockkeeperException(e.Code, e.Message, e.Hint, entry.At, e);
        }
    }
}
