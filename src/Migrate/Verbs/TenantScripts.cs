using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Running.Tenants;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>What applying to tenants would send, as scripts for psql: one for all tenants that are in the same state.</summary>
internal sealed class TenantScripts
{
    /// <summary>Stands for the tenant's schema until the variable of psql takes its place; no schema is called so.</summary>
    private const string AnySchema = "lk:tenant";

    /// <summary>A script and the tenants that it is for.</summary>
    private sealed record TenantScript(string Text, IReadOnlyList<Tenant> Tenants);

    private readonly IReadOnlyList<TenantScript> scripts;
    private readonly string database;

    private TenantScripts(string database, IReadOnlyList<TenantScript> scripts) => (this.database, this.scripts) = (database, scripts);

    /// <summary>Writes the scripts of a plan.</summary>
    /// <param name="set">The tenants.</param>
    /// <param name="result">Their plan.</param>
    /// <param name="actor">Who asks.</param>
    /// <exception cref="LockkeeperException">Tenants of one group need scripts of their own.</exception>
    public static async Task<TenantScripts> OfAsync(TenantSet set, TenantsResult result, string actor)
    {
        await using var lane = set.OpenLane();
        return new TenantScripts(
            set.Database.Name, [.. result.Plan.Groups.Where(group => group.Draft is { Plan.Steps.Count: > 0 }).Select(group => new TenantScript(Write(set, lane, group, actor), group.Tenants))]);
    }

    /// <summary>The one script, or nothing when there is nothing to do.</summary>
    /// <exception cref="LockkeeperException">There are several.</exception>
    public string Single() => scripts.Count < 2 ? string.Concat(scripts.Select(script => script.Text)) : throw new LockkeeperException(
        KernelErrors.WrongUse, $"the tenants of {database} are in {scripts.Count} different states, and each needs a script of its own", "Give --into FOLDER for a file each, or --tenant NAME for the script of one.");

    /// <summary>Writes each script and the names of its tenants into files; says which.</summary>
    /// <exception cref="LockkeeperException">The folder cannot be written to.</exception>
    public IReadOnlyList<Block> WriteInto(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return [.. scripts.Select((script, index) => Write(script, Path.Combine(folder, $"{database}-{index + 1}.sql")))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(KernelErrors.WrongUse, $"the scripts cannot be written into {folder}: {e.Message}", "Give --into a folder that this user may write to.", inner: e);
        }
    }

    private static Line Write(TenantScript script, string file)
    {
        var names = Path.ChangeExtension(file, ".tenants");
        File.WriteAllText(file, script.Text);
        File.WriteAllLines(names, script.Tenants.Select(tenant => tenant.Name));
        return new Line($"{file}: for {Plural.Of(script.Tenants.Count, "tenant")}, whose names are in {Path.GetFileName(names)}");
    }

    private static string Write(TenantSet set, TenantSet.Lane lane, GroupPlan group, string actor)
    {
        var (draft, tenants) = (group.Draft!, group.Tenants);
        var perSchema = tenants[0].Schema.Length > 0;
        if (perSchema && tenants.Count > 1 && draft.Migrations.Values.Any(migration => migration.Mirror is not null))
        {
            throw new LockkeeperException(
                KernelErrors.WrongUse, $"{Plural.Of(tenants.Count, "tenant")} of {set.Database.Name} keep the table of another tool up to date, each its own", "Give --tenant NAME for the script of one.");
        }

        var shown = perSchema && tenants.Count > 1 ? tenants[0] with { Schema = AnySchema } : tenants[0];
        // Nothing is sent: a target renders without a connection.
        var chosen = new ChosenTarget(set.Environment, set.Database, lane.Target(shown)) { Tenant = shown };
        var stamp = chosen.Stamp("run-id", actor, draft.Series.Artifact);
        var store = draft.State.HasStore ? "" : chosen.Target.StoreScript + "\n";
        var text = store + string.Join('\n', draft.Comparison.Pending.Select(migration => chosen.Target.Render(draft.Migrations[migration.Id], undo: false, stamp)));
        if (ReferenceEquals(shown, tenants[0]))
            return tenants.Count == 1 ? text : $"{Head(tenants, "psql -f FILE URL")}{text}";
        return Head(tenants, "psql -v tenant=NAME -f FILE URL") + text.Replace($"\"{AnySchema}\"", ":\"tenant\"", StringComparison.Ordinal).Replace($"'{stamp.Key.Text}'", $"'{set.Database.Name}@' || :'tenant'", StringComparison.Ordinal);
    }

    private static string Head(IReadOnlyList<Tenant> tenants, string command) => $"-- for {Plural.Of(tenants.Count, "tenant")}: {TenantsText.Names(tenants)}\n-- run it for each of them: {command}\n";
}
