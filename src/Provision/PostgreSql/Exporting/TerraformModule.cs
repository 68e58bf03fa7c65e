using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Exports;

namespace Lockkeeper.Provision.PostgreSql.Exporting;

/// <summary>A declaration as a Terraform module.</summary>
/// <param name="Files">Its files.</param>
/// <param name="NotExpressed">What stands in the declaration and not in the module, a sentence each.</param>
/// <param name="Secrets">The variables that a password is asked for in.</param>
internal sealed record TerraformModule(IReadOnlyList<ExportedFile> Files, IReadOnlyList<string> NotExpressed, IReadOnlyList<string> Secrets)
{
    /// <summary>The module of a cluster. Only the declaration is read: no server is asked, and no secret resolved.</summary>
    public static TerraformModule Of(ClusterConfig cluster, TerraformTarget target)
    {
        var draft = new ModuleDraft(cluster, target);
        var instance = draft.File("instance.tf");
        var connection = target switch
        {
            TerraformTarget.Rds => RdsModule.WriteInstance(draft, instance),
            TerraformTarget.Aurora => RdsModule.WriteAurora(draft, instance),
            TerraformTarget.CloudSql => CloudSqlModule.Write(draft, instance),
            _ => TerraformTargets.WriteServer(draft),
        };
        TerraformRoles.Write(draft);
        TerraformDatabases.Write(draft);
        TerraformGrants.Write(draft);
        RdsProxyModule.Write(draft);
        draft.Note("versions.tf", "the role in 'admin', the environment, and the window and approvals that it stands for");
        if (cluster.Exact.Count > 0)
            draft.Note("versions.tf", "'exact': Terraform does not see what was made beside it, and takes nothing of that away");
        TerraformTargets.WriteVersions(draft, connection);
        return new TerraformModule(draft.Files(), draft.Notes, draft.Secrets);
    }
}

/// <summary>A module while it is written: its files, the variables and notes that they gather, and the names that are taken.</summary>
internal sealed class ModuleDraft(ClusterConfig cluster, TerraformTarget target)
{
    private static readonly string[] Order = ["versions.tf", "variables.tf", "instance.tf", "proxy.tf", "roles.tf", "databases.tf", "grants.tf", "outputs.tf"];

    private readonly Dictionary<string, HclText> files = [];
    private readonly List<(string File, string Words)> notes = [];
    private readonly HashSet<string> variables = new(StringComparer.Ordinal);

    public ClusterConfig Cluster => cluster;

    public TerraformTarget Target => target;

    public ResourceNames Names { get; } = new();

    public List<string> Secrets { get; } = [];

    public IReadOnlyList<string> Notes => [.. notes.Select(note => note.Words).Distinct(StringComparer.Ordinal)];

    /// <summary>The text of a file, begun when it is first asked for.</summary>
    public HclText File(string name)
    {
        if (!files.TryGetValue(name, out var file))
            files[name] = file = new HclText();
        return file;
    }

    /// <summary>Says what the module leaves out, in the file where people would look for it.</summary>
    public void Note(string file, string words) => notes.Add((file, words));

    /// <summary>A variable, declared once.</summary>
    /// <returns>The expression that reads it.</returns>
    public string Variable(string name, string type, string description, string? standard = null, bool secret = false)
    {
        if (variables.Add(name))
        {
            var text = File("variables.tf");
            text.Block("variable", [name], () =>
            {
                text.Set("description", HclText.Quote(description));
                text.Set("type", type);
                text.SetIf("default", standard);
                if (!secret)
                    return;
                text.Set("sensitive", "true");
                // An ephemeral value stands neither in the state nor in a saved plan.
                text.Set("ephemeral", "true");
            });
            if (secret)
                Secrets.Add(name);
        }

        return "var." + name;
    }

    /// <summary>A role as an expression: that of its resource when the file declares it.</summary>
    public string Role(string name) => cluster.Roles.ContainsKey(name) ? $"postgresql_role.{Names.Of("postgresql_role", name)}.name" : HclText.Quote(name);

    /// <summary>A database as an expression.</summary>
    public string Database(string name) => TerraformDatabases.IsAlwaysThere(name) ? HclText.Quote(name) : $"postgresql_database.{Names.Of("postgresql_database", name)}.name";

    /// <summary>A schema of a database as an expression.</summary>
    public string Schema(string database, string name) =>
        cluster.Databases[database].Value.Schemas.ContainsKey(name) ? $"postgresql_schema.{Names.Of("postgresql_schema", $"{database}_{name}")}.name" : HclText.Quote(name);

    public IReadOnlyList<ExportedFile> Files() =>
        [.. Order.Where(name => notes.Exists(note => note.File == name) || files.ContainsKey(name) && !files[name].IsEmpty).Select(name => new ExportedFile(name, Head(name) + (files.TryGetValue(name, out var file) ? file.ToString() : "").TrimEnd('\n') + "\n"))];

    private string Head(string file)
    {
        var head = new HclText();
        head.Comment($"{ExportFolder.Mark} from {cluster.File}; the next export writes it again.");
        var left = notes.Where(note => note.File == file).Select(note => note.Words).Distinct(StringComparer.Ordinal).ToList();
        if (left.Count > 0)
        {
            head.Comment("");
            head.Comment("Not in this module, since Terraform or the provider has no words for it:");
            foreach (var words in left)
                head.Comment($"  - {words}");
        }

        return head.ToString().Replace("# \n", "#\n", StringComparison.Ordinal) + "\n";
    }
}

/// <summary>Names of resources: letters, digits, '_' and '-', each once for its type.</summary>
internal sealed class ResourceNames
{
    private readonly Dictionary<(string Type, string Of), string> given = [];
    private readonly HashSet<(string Type, string Name)> taken = [];

    /// <summary>The name of a resource for a thing; the same for the same thing.</summary>
    public string Of(string type, string thing)
    {
        if (given.TryGetValue((type, thing), out var name))
            return name;
        var plain = Plain(thing);
        name = plain;
        for (var number = 2; !taken.Add((type, name)); number++)
            name = $"{plain}_{HclText.Number(number)}";
        return given[(type, thing)] = name;
    }

    /// <summary>A text as a name that Terraform takes; not the only one that becomes so.</summary>
    public static string Plain(string text)
    {
        var name = string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        return name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_') ? name : "_" + name;
    }
}
