using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Kernel.Config.Shape.Clusters;

/// <summary>The keys of grants, default privileges and row policies.</summary>
internal static class GrantShape
{
    private static readonly string[] CommandWords = ["all", "select", "insert", "update", "delete"];

    private static readonly Key<IReadOnlyList<string>> To = new("to", ClusterValues.Roles, "The roles that have them; public for everybody.") { Required = true, Example = "[app]" };

    private static readonly Key<GrantObject> On = new("kind", Values.Choice(GrantObjects.Words, GrantObjects.All), "What kind of objects they are on.") { Required = true, Example = "tables" };

    private static readonly Key<string> Schema = new("schema", ClusterValues.Identifier, "The schema of the objects.") { Example = "app" };

    private static readonly Key<IReadOnlyList<string>> Names = new(
        "names", new OneOrMoreShape<string>(Values.Text, "names"), "The names of the objects; without it all that there are. A function is named with the types of its arguments: total(integer).")
    {
        Example = "[orders, customers]",
    };

    private static readonly Key<IReadOnlyList<string>> Columns = new("columns", new OneOrMoreShape<string>(ClusterValues.Identifier, "columns"), "The columns; without it the tables as a whole.") { Example = "[id, email]" };

    private static readonly Key<IReadOnlyList<string>> Privileges = new("privileges", ClusterValues.Privileges, "The privileges; all for each that there is, [] for none.") { Required = true, Example = "[select]" };

    private static readonly Key<bool> Grantable = new("grantable", Values.Boolean, "Whether the roles may grant them to others.") { Default = "false", Example = "true" };

    private static readonly Key<IReadOnlyList<string>> Creators = new("creator", ClusterValues.Roles, "The roles that make the objects: default privileges hold for what these make, and for nobody else.") { Required = true, Example = "app_owner" };

    private static readonly Key<bool> Enabled = new("enabled", Values.Boolean, "Whether policies hold.") { Default = "true", Example = "false" };

    private static readonly Key<bool> Forced = new("forced", Values.Boolean, "Whether they hold for the table's owner too.") { Default = "false", Example = "true" };

    private static readonly Key<string> Command = new("command", Values.Choice(CommandWords, CommandWords), "The command that it holds for.") { Default = "all", Example = "select" };

    private static readonly Key<IReadOnlyList<string>> PolicyTo = new("to", ClusterValues.Roles, "The roles that it holds for; public for everybody.") { Example = "[app]" };

    private static readonly Key<bool> Restrictive = new("restrictive", Values.Boolean, "Whether it restricts what others permit.") { Default = "false", Example = "true" };

    private static readonly Key<string> Using = new("using", Values.Text, "Which rows are seen, in SQL.") { Example = "\"tenant = current_setting('app.tenant')\"" };

    private static readonly Key<string> Check = new("check", Values.Text, "Which rows may be written, in SQL.") { Example = "\"owner = current_user\"" };

    public static RecordShape<GrantConfig> Grant { get; } = new(
        "a grant", [To, On, Schema, Names, Columns, Privileges, Grantable],
        fields => new GrantConfig
        {
            To = fields.Get(To),
            On = fields.Get(On),
            Schema = fields.GetOrNull(Schema),
            Names = fields.GetOrNull(Names) ?? [],
            Columns = fields.GetOrNull(Columns) ?? [],
            Privileges = fields.Get(Privileges),
            Grantable = fields.Get(Grantable),
        })
    {
        Check = Mistake,
    };

    public static RecordShape<DefaultPrivilegeConfig> DefaultPrivilege { get; } = new(
        "a default privilege", [Creators, On, Schema, To, Privileges, Grantable],
        fields => new DefaultPrivilegeConfig
        {
            Creators = fields.Get(Creators),
            On = fields.Get(On),
            Schema = fields.GetOrNull(Schema),
            To = fields.Get(To),
            Privileges = fields.Get(Privileges),
            Grantable = fields.Get(Grantable),
        })
    {
        Check = one => one.On is GrantObject.Tables or GrantObject.Sequences or GrantObject.Functions or GrantObject.Types or GrantObject.Schemas
            ? one.On == GrantObject.Schemas && one.Schema is not null ? new Mistake("default privileges on schemas are not in a schema", "Take 'schema' out.") : null
            : new Mistake($"there are no default privileges on {GrantObjects.Word(one.On)}", "Write tables, sequences, functions, types or schemas."),
    };

    public static RecordShape<RowPolicyConfig> Policy { get; } = new(
        "a row policy", [Command, PolicyTo, Restrictive, Using, Check],
        fields => new RowPolicyConfig
        {
            Command = fields.Get(Command).ToUpperInvariant(),
            To = fields.GetOrNull(PolicyTo) ?? ["public"],
            Restrictive = fields.Get(Restrictive),
            Using = fields.GetOrNull(Using),
            Check = fields.GetOrNull(Check),
        });

    private static readonly Key<IReadOnlyDictionary<string, Placed<RowPolicyConfig>>> Policies = new(
        "policies", new MapShape<Placed<RowPolicyConfig>>(new PlacedValueShape<RowPolicyConfig>(Policy), "policies", anyKey: true), "Row policies by name; one that is not declared is taken away.")
    {
        Example = "{ own: { using: \"owner = current_user\" } }",
    };

    public static RecordShape<RowSecurityConfig> RowSecurity { get; } = new(
        "the row security of a table", [Enabled, Forced, Policies],
        fields => new RowSecurityConfig { Enabled = fields.Get(Enabled), Forced = fields.Get(Forced), Policies = fields.GetOrNull(Policies) ?? new Dictionary<string, Placed<RowPolicyConfig>>() });

    private static Mistake? Mistake(GrantConfig grant)
    {
        var inSchema = grant.On is GrantObject.Tables or GrantObject.Sequences or GrantObject.Functions or GrantObject.Types;
        if (inSchema && grant.Schema is null)
            return new Mistake($"a grant on {GrantObjects.Word(grant.On)} has no 'schema'", "Add it, for example: schema: app");
        if (!inSchema && grant.Schema is not null)
            return new Mistake($"{GrantObjects.Word(grant.On)} are not in a schema", grant.On == GrantObject.Schemas ? "Name the schemas under 'names'." : "Take 'schema' out.");
        if (grant.On == GrantObject.Database && grant.Names.Count > 0)
            return new Mistake("a grant on the database names no objects: it is on the database that it stands in", "Take 'names' out.");
        if (grant.On is GrantObject.Languages or GrantObject.ForeignDataWrappers or GrantObject.ForeignServers or GrantObject.LargeObjects && grant.Names.Count == 0)
            return new Mistake($"a grant on {GrantObjects.Word(grant.On)} has no 'names'", "Name each of them.");
        if (grant.On != GrantObject.Tables && grant.Columns.Count > 0)
            return new Mistake($"{GrantObjects.Word(grant.On)} have no columns", "Take 'columns' out.");
        var known = GrantObjects.Privileges(grant.On, grant.Columns.Count > 0);
        var wrong = grant.Privileges.FirstOrDefault(privilege => privilege != "ALL" && !known.Contains(privilege, StringComparer.Ordinal));
        return wrong is null ? null : new Mistake($"there is no privilege {wrong} on {(grant.Columns.Count > 0 ? "columns" : GrantObjects.Word(grant.On))}", $"There are: {string.Join(", ", known)}.");
    }
}
