using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;

namespace Lockkeeper.Provision.Verbs;

/// <summary><c>lk provision adopt</c>.</summary>
internal static class Adopt
{
    private static readonly Parameter Name = new("cluster", ParameterKind.Text, "The name that the cluster gets") { Positional = true, Required = true, ValueName = "NAME" };

    private static readonly Parameter Url = new("url", ParameterKind.Text, "How the cluster is reached, as a reference that stands in the file: '${env:ADMIN_URL}'; or what RDS or Aurora runs: rds://REGION/NAME") { Required = true, ValueName = "REFERENCE" };

    private static readonly Parameter Admin = new("admin", ParameterKind.Text, "With rds://: how what is inside is reached, as a reference that stands in the file; without a host the service's is taken: 'postgres://deployer:${env:PASSWORD}@/postgres'") { ValueName = "REFERENCE" };

    private static readonly Parameter Endpoint = new("endpoint", ParameterKind.Text, "With rds://: the URL of the service, when it is not the region's own") { ValueName = "URL" };

    private static readonly Parameter Environment = new("env", ParameterKind.Text, "The environment of lockkeeper.yaml that it belongs to") { ValueName = "NAME" };

    public static Verb Declare(ClusterChoice clusters) => new()
    {
        Path = "provision adopt",
        Summary = "write the declaration of a cluster that exists",
        Details = "Reads the cluster and writes clusters/NAME.yaml, so that a plan on it is empty; the plan is made at once, and what is left is said. Passwords cannot be read back: the file names the variables that would hold them. The cluster is not changed.",
        Effect = VerbEffect.Local,
        Parameters = [Name, Url, Admin, Endpoint, Environment],
        Examples = [new VerbExample("lk provision adopt shop-prod --url '${env:PROD_ADMIN_URL}' --env prod", "writes clusters/shop-prod.yaml"), new VerbExample("lk provision adopt shop-prod --url rds://eu-west-1/shop-prod", "writes clusters/shop-prod.yaml of an instance of RDS")],
        ReportType = () => ProvisionJson.Default.AdoptReport,
        Handler = (call, cancel) => HandleAsync(clusters, call, cancel),
    };

    private static async Task<Report> HandleAsync(ClusterChoice clusters, VerbCall call, CancellationToken cancel)
    {
        var (workspace, name) = (call.Workspace, call.Required(Name));
        var shown = Path.Combine("clusters", name + ".yaml");
        var file = Path.Combine(workspace.ProjectFolder, shown);
        if (name.AsSpan().IndexOfAny('/', '\\') >= 0 || name.StartsWith('.'))
            throw new LockkeeperException(KernelErrors.WrongUse, $"'{name}' is not the name of a cluster", "Use letters, digits, '-' and '_'.");
        if (File.Exists(file))
            throw new LockkeeperException(KernelErrors.FileExists, $"{shown} exists already", "Take another name, or remove the file when it may be written again.");
        var at = new SourcePosition("--url", 1, 1);
        var given = new ClusterConfig
        {
            Name = name,
            File = shown,
            Admin = new Placed<string>(call.Required(Url), at),
            Environment = call.Text(Environment) is { } environment ? new Placed<string>(environment, at) : null,
        };
        given = clusters.Adopted(given, new AdoptedPlace(call.Required(Url), call.Text(Admin), call.Text(Endpoint)));
        AdoptedCluster adopted;
        await using (var target = await clusters.OpenAsync(given, workspace, cancel))
            adopted = await target.AdoptAsync(workspace.Progress, cancel);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, adopted.Yaml, cancel);
        await using var written = await clusters.OpenAsync(ClusterReader.Read(file, shown), workspace, cancel);
        var left = (await written.CompareAsync(workspace.Progress, cancel)).All.Select(difference => difference.Words + (difference.Kept is { } why ? $" ({why})" : "")).ToList();
        var text = new List<Block> { new Line($"Wrote {shown} from {adopted.Server}.", Tone.Good) };
        text.Add(left.Count == 0 ? new Line("A plan on it is empty.", Tone.Good) : new Line("A plan on it still shows:", Tone.Warning));
        text.AddRange(left.Select(words => new Line(words, Tone.Warning, 1)));
        if (adopted.Secrets.Count > 0)
            text.Add(new Line($"{adopted.Secrets.Count} {(adopted.Secrets.Count == 1 ? "role has a password" : "roles have passwords")}, which cannot be read back: {string.Join(", ", adopted.Secrets)}. Fill in the references that the file prepares, and drift sees when one is changed."));
        text.AddRange(adopted.NotChecked.Select(note => new Line($"not read: {note}", Tone.Muted)));
        return Report.Of(new AdoptReport(name, shown, adopted.Server, adopted.Secrets, left, adopted.NotChecked), () => ProvisionJson.Default.AdoptReport, text);
    }
}
