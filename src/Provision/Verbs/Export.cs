using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Exports;
using Lockkeeper.Provision.PostgreSql.Exporting;
using Lockkeeper.Provision.PostgreSql.Pooling;

namespace Lockkeeper.Provision.Verbs;

/// <summary><c>lk provision export</c>.</summary>
internal static class Export
{
    private static readonly Parameter Name = new("cluster", ParameterKind.Text, "A declared cluster") { Positional = true, Required = true, ValueName = "CLUSTER" };

    private static readonly Parameter Terraform = new("terraform", ParameterKind.Flag, "Write a Terraform module");

    private static readonly Parameter Ansible = new("ansible", ParameterKind.Flag, "Write an inventory with the variables of the role of deploy/ansible");

    private static readonly Parameter Pooler = new("pooler", ParameterKind.Flag, "Write the files of a Pgpool-II");

    private static readonly Parameter Target = new("target", ParameterKind.Choice, "With --terraform: what the module makes the server of: an RDS instance, an Aurora cluster, a Cloud SQL instance, or nothing, for a server that is there. By default what 'engine' says, and rds for postgres")
    {
        Choices = ["rds", "aurora", "cloudsql", "server"],
    };

    private static readonly Parameter To = new("to", ParameterKind.Text, "The folder that is written; by default terraform/CLUSTER, ansible/CLUSTER or pooler/CLUSTER") { ValueName = "FOLDER" };

    public static Verb Declaration { get; } = new()
    {
        Path = "provision export",
        Summary = "write a declared cluster for Terraform or Ansible, or its Pgpool-II",
        Details = "Reads clusters/NAME.yaml only: no server is asked, and no secret is resolved. Passwords become variables that are neither in the state nor in a plan. What Terraform has no words for is said in the files and in the report. "
            + "For Ansible the hosts of the cluster are written with the variables of the role 'lockkeeper', which installs the program, brings the files and applies them. "
            + "Files of an earlier export are replaced, and nobody else's.",
        Effect = VerbEffect.Local,
        Parameters = [Name, Terraform, Ansible, Pooler, Target, To],
        Examples =
        [
            new VerbExample("lk provision export --terraform shop-prod", "writes terraform/shop-prod with an RDS instance, its parameters, and all that is in it"),
            new VerbExample("lk provision export --terraform shop-prod --target server --to infra/shop", "writes roles, databases and privileges for a server that is there"),
            new VerbExample("lk provision export --ansible shop-prod", "writes ansible/shop-prod with hosts and variables"),
        ],
        ReportType = () => ProvisionJson.Default.ExportReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        if (new[] { Terraform, Ansible, Pooler }.Count(call.Flag) != 1)
            throw new LockkeeperException(KernelErrors.WrongUse, "'provision export' is not told what for", "Give one of --terraform, --ansible and --pooler.");
        var cluster = One(call);
        if (call.Flag(Pooler))
            return await PoolerAsync(call, cluster, cancel);
        if (call.Flag(Ansible))
        {
            var (files, place) = (AnsibleFolder.Of(cluster, call.Workspace.ProjectFolder), Place(call, "ansible", cluster));
            await ExportFolder.WriteAsync(place.Folder, files, "*.yml", cancel);
            var secrets = AnsibleFolder.Secrets(cluster);
            var words = new List<Block> { new Line($"Wrote {Plural.Of(files.Count, "file")} to {place.Shown}.", Tone.Good) };
            if (secrets.Count > 0)
                words.Add(new Line($"Secrets are looked up in the environment: {string.Join(", ", secrets)}."));
            return Report.Of(new ExportReport(cluster.Name, place.Shown, [.. files.Select(file => file.Name)], secrets, []), () => ProvisionJson.Default.ExportReport, words);
        }

        if (cluster.Engine.EndsWith("mysql", StringComparison.Ordinal))
            throw new LockkeeperException(ProvisionErrors.NotBuilt, $"the engine {cluster.Engine} is not written for Terraform yet", "PostgreSQL is: postgres, rds-postgres and aurora-postgres.", new SourcePosition(cluster.File, 1, 1));
        var target = (call.Text(Target) ?? (cluster.Engine == "aurora-postgres" ? "aurora" : "rds")) switch { "rds" => TerraformTarget.Rds, "aurora" => TerraformTarget.Aurora, "cloudsql" => TerraformTarget.CloudSql, _ => TerraformTarget.Server };
        var module = TerraformModule.Of(cluster, target);
        var (folder, shown) = Place(call, "terraform", cluster);
        await ExportFolder.WriteAsync(folder, module.Files, "*.tf", cancel);
        var text = new List<Block> { new Line($"Wrote {Plural.Of(module.Files.Count, "file")} to {shown}.", Tone.Good) };
        if (module.Secrets.Count > 0)
            text.Add(new Line($"Passwords are asked for in {string.Join(", ", module.Secrets.Select(name => "TF_VAR_" + name))}."));
        if (module.NotExpressed.Count > 0)
            text.Add(new Line("Terraform has no words for:", Tone.Warning));
        text.AddRange(module.NotExpressed.Select(words => new Line(words, Tone.Warning, 1)));
        return Report.Of(new ExportReport(cluster.Name, shown, [.. module.Files.Select(file => file.Name)], module.Secrets, module.NotExpressed), () => ProvisionJson.Default.ExportReport, text);
    }

    private static async Task<Report> PoolerAsync(VerbCall call, ClusterConfig cluster, CancellationToken cancel)
    {
        if (cluster.Pooler is not { Value.Engine: PoolerEngine.Pgpool })
            throw new LockkeeperException(KernelErrors.WrongUse, $"the cluster '{cluster.Name}' declares no Pgpool-II", "PgBouncer is made by 'lk provision apply', RDS Proxy stands in the module of --terraform.", cluster.Pooler?.At);
        var (files, notes, (folder, shown)) = (PgpoolFiles.Of(cluster), PgpoolFiles.NotExpressed(cluster), Place(call, "pooler", cluster));
        await ExportFolder.WriteAsync(folder, files, "*.conf", cancel);
        List<Block> text = [new Line($"Wrote {Plural.Of(files.Count, "file")} to {shown}.", Tone.Good), .. notes.Select(note => new Line($"not in them: {note}", Tone.Warning))];
        return Report.Of(new ExportReport(cluster.Name, shown, [.. files.Select(file => file.Name)], [], notes), () => ProvisionJson.Default.ExportReport, text);
    }

    /// <summary>The folder that is written, and as the user would type it.</summary>
    private static (string Folder, string Shown) Place(VerbCall call, string tool, ClusterConfig cluster)
    {
        var standard = Path.Combine(tool, cluster.Name);
        return call.Text(To) is { } given ? (Path.Combine(call.Workspace.Folder, given), given) : (Path.Combine(call.Workspace.ProjectFolder, standard), standard);
    }

    private static ClusterConfig One(VerbCall call)
    {
        var chosen = ClusterChoice.Of(call);
        return chosen.Count == 1 && chosen[0].Name == call.Required(Name) ? chosen[0] : throw new LockkeeperException(ProvisionErrors.UnknownCluster, $"'{call.Required(Name)}' is an environment", $"Name one of its clusters: {string.Join(", ", chosen.Select(cluster => cluster.Name))}.");
    }
}
