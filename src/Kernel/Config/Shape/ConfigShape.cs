using Lockkeeper.Kernel.Config.Yaml;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>Every key of lockkeeper.yaml, declared once: the reader, the JSON schema and the reference page are made from it.</summary>
internal static class ConfigShape
{
    private static readonly Key<string> Project = new("project", Values.Text, "The project's name.") { Required = true, Example = "shop" };

    private static readonly Key<string> State = new("state", StatePlace(), "Where the ledger of runs lives, and what the server keeps: sqlite:PATH, relative to lockkeeper.yaml, or postgres://… for a team, its continuous integration and several servers; secret references are resolved.")
    {
        Default = "sqlite:.lockkeeper/state.db", Example = "sqlite:/var/lib/lockkeeper/shop.db",
    };

    private static readonly Key<IReadOnlyDictionary<string, DatabaseConfig>> Databases = new(
        "databases", new MapShape<DatabaseConfig>(DatabaseShape.Shape, "databases", least: 1), "The databases by name, each with an engine and a series of migrations.")
    {
        Required = true, Example = "{ shop: { engine: postgres, migrations: migrations/shop } }",
    };

    private static readonly Key<IReadOnlyList<EnvironmentConfig>> Environments = new(
        "environments", new ListShape<EnvironmentConfig>(EnvironmentShape.Shape, "environments", least: 1), "The environments in promotion order: a release goes from each to the next.")
    {
        Required = true, Example = "[ { name: dev, targets: { shop: \"${env:DEV_URL}\" } } ]",
    };

    private static readonly Key<IReadOnlyDictionary<string, IReadOnlyList<string>>> Groups = new(
        "groups", new MapShape<IReadOnlyList<string>>(new ListShape<string>(Values.Text, "people", least: 1), "groups"), "The people of each group, for approvals.")
    {
        Example = "{ dba: [ada, grace] }",
    };

    private static readonly Key<PolicyConfig> Policy = new("policy", PolicyShape.Shape, "Which rules hold for migrations, and how much each matters.")
    {
        Example = "{ extends: recommended, rules: { prefer-identity: off } }",
    };

    private static readonly Key<IReadOnlyList<string>> Include = new(
        "include", new ListShape<string>(Values.Text, "patterns", least: 1), "The files that declare clusters: a folder and a file name with *, relative to lockkeeper.yaml; clusters/*.yaml without the key.")
    {
        Example = "[clusters/*.yaml]",
    };

    private static readonly Key<ObserveConfig> Observe = new("observe", ObserveShape.Shape, "How databases are watched, and who hears of alerts.")
    {
        Example = "{ receivers: [ { name: oncall, webhook: \"${env:ONCALL_URL}\" } ] }",
    };

    private static readonly Key<ServerConfig> Server = new("server", ServerShape.Shape, "How 'lk serve' lets people in besides its own passwords and tokens, and what it does at times.")
    {
        Example = "{ trusted_proxy: { addresses: [127.0.0.1], roles: { db-admins: admin } } }",
    };

    public static RecordShape<ProjectConfig> Root { get; } = new(
        "lockkeeper.yaml", [Project, State, Databases, Environments, Groups, Policy, Include, Observe, Server],
        fields => new ProjectConfig
        {
            Project = fields.Get(Project),
            State = fields.Get(State),
            Databases = Named(fields.Get(Databases)),
            Environments = fields.Get(Environments),
            Groups = fields.GetOrNull(Groups) ?? new Dictionary<string, IReadOnlyList<string>>(),
            Policy = fields.GetOrNull(Policy) ?? new PolicyConfig(),
            Include = fields.GetOrNull(Include) ?? ["clusters/*.yaml"],
            Observe = fields.GetOrNull(Observe) ?? new ObserveConfig(),
            Server = fields.GetOrNull(Server) ?? new ServerConfig(),
        });

    /// <summary>Every record with the words that the reference uses for it, the outermost first.</summary>
    public static IReadOnlyList<IRecordShape> Records =>
        [Root, DatabaseShape.Shape, BackfillShape.Shape, EnvironmentShape.Shape, TenantsShape.Keys, GateShape.Gate, GateShape.Approvals, WindowShape.Shape, GateShape.Health, ContractShape.Shape, ContractShape.FlagKeys, PolicyShape.Shape, PolicyShape.PathKeys, ObserveShape.Shape, ObserveShape.HistoryKeys, AlertShape.Setting, AlertShape.Own, ReceiverShape.Shape, ReceiverShape.MailKeys, ServerShape.Shape, ServerShape.OidcKeys, ServerShape.ProxyKeys, GitShape.Shape, GitShape.PullRequestKeys, ScheduleShape.Shape];

    /// <summary>The record that a key belongs to, for a key that stands in the wrong place.</summary>
    public static string? HomeOf(string key) => Records.FirstOrDefault(record => record.Keys.Any(known => known.Name == key))?.Noun;

    private static List<DatabaseConfig> Named(IReadOnlyDictionary<string, DatabaseConfig> databases)
    {
        var named = new List<DatabaseConfig>();
        foreach (var name in databases.Keys)
            named.Add(databases[name] with { Name = name });
        return named;
    }

    private static ScalarShape<string> StatePlace() => new(
        "a place such as sqlite:.lockkeeper/state.db or postgres://USER@HOST/DATABASE", "Write sqlite: and a path, which starts at the folder of lockkeeper.yaml; or postgres://USER@HOST:5432/DATABASE; or a reference to such a URL, as ${env:STATE_URL}.",
        (YamlScalar scalar, string label, out string value) =>
        {
            value = scalar.Text;
            if (value.StartsWith("sqlite:", StringComparison.Ordinal))
                return value.Length > "sqlite:".Length ? null : new Mistake("'state' must be 'sqlite:' and a path, or the URL of a PostgreSQL database");
            return TargetShape.Problem(value, label) is null ? null : new Mistake("'state' must be 'sqlite:' and a path, or the URL of a PostgreSQL database");
        },
        """{ "type": "string", "pattern": "^(sqlite:.|postgres(ql)?://|.*\\$\\{)" }""")
    {
        IsSecret = true,
    };
}
