using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Exports;

namespace Lockkeeper.Provision.PostgreSql.Exporting;

/// <summary>Roles and memberships as resources of the provider cyrilgdn/postgresql.</summary>
internal static class TerraformRoles
{
    private const string File = "roles.tf";

    /// <summary>The settings of a role that the provider has an argument for, in milliseconds.</summary>
    private static readonly string[] Timeouts = ["statement_timeout", "idle_in_transaction_session_timeout"];

    public static void Write(ModuleDraft draft)
    {
        foreach (var (name, role) in draft.Cluster.Roles)
            WriteRole(draft, name, role.Value);
        foreach (var (name, role) in draft.Cluster.Roles.Where(one => HasAdmin(one.Value.Value)))
        {
            foreach (var membership in role.Value.MemberOf)
                WriteMembership(draft, name, membership.Value);
        }
    }

    private static void WriteRole(ModuleDraft draft, string name, RoleConfig role)
    {
        var text = draft.File(File);
        text.Block("resource", ["postgresql_role", draft.Names.Of("postgresql_role", name)], () =>
        {
            text.Set("name", HclText.Quote(name));
            text.Set("login", HclText.Flag(role.Login));
            Attribute("create_database", role.CreateDatabase);
            Attribute("create_role", role.CreateRole);
            OwnServerOnly("superuser", role.Superuser, "there is no superuser on a managed service");
            OwnServerOnly("replication", role.Replication, "a managed service has a role of its own for that, such as rds_replication");
            OwnServerOnly("bypass_row_level_security", role.BypassRowSecurity, "only a superuser may give that away");
            if (!role.Inherit)
                text.Set("inherit", "false");
            if (role.ConnectionLimit >= 0)
                text.Set("connection_limit", HclText.Number(role.ConnectionLimit));
            if (role.ValidUntil is { } until)
                text.Set("valid_until", HclText.Quote(until.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)));
            WritePassword(draft, text, name, role);
            WriteSettings(draft, text, name, role);
            if (HasAdmin(role))
                text.Block("lifecycle", [], () => text.Set("ignore_changes", "[roles]"));
            else if (role.MemberOf.Count > 0)
                text.SetMany("roles", [.. role.MemberOf.Select(one => draft.Role(one.Value.Role))]);
        });
        foreach (var membership in role.MemberOf.Where(one => one.Value.Inherit is not null || !one.Value.Set))
            draft.Note(File, $"role {name}: 'inherit' and 'set' of the membership in {membership.Value.Role}");

        void Attribute(string argument, bool value)
        {
            if (value)
                text.Set(argument, "true");
        }

        void OwnServerOnly(string argument, bool value, string why)
        {
            if (draft.Target == TerraformTarget.Server)
                Attribute(argument, value);
            else if (value)
                draft.Note(File, $"role {name}: {argument}, since {why}");
        }
    }

    private static void WritePassword(ModuleDraft draft, HclText text, string name, RoleConfig role)
    {
        if (role.Password is null)
            return;
        var variable = draft.Names.Of("variable", $"password_{name}");
        text.Set("password_wo", draft.Variable(variable, "string", $"Password of the role {name}, which the declaration takes from {role.Password.Value}.", secret: true));
        text.Set("password_wo_version", draft.Variable($"{variable}_version", "string", $"Change it to send a new {variable}.", HclText.Quote("1")));
    }

    private static void WriteSettings(ModuleDraft draft, HclText text, string name, RoleConfig role)
    {
        foreach (var (setting, value) in role.Settings)
        {
            if (Timeouts.Contains(setting.ToLowerInvariant(), StringComparer.Ordinal) && int.TryParse(ParameterCatalog.Plain(setting, value.Value), out var milliseconds))
                text.Set(setting.ToLowerInvariant(), HclText.Number(milliseconds));
            else if (string.Equals(setting, "search_path", StringComparison.OrdinalIgnoreCase))
                text.Set("search_path", HclText.List(Comparing.ParameterValue.Items(value.Value).Select(HclText.Quote)));
            else
                draft.Note(File, $"role {name}: the setting {setting}");
        }

        foreach (var database in role.SettingsIn.Keys)
            draft.Note(File, $"role {name}: settings in the database {database}");
    }

    // The provider's roles argument knows no ADMIN option, and takes away what another resource has given.
    private static void WriteMembership(ModuleDraft draft, string name, MembershipConfig membership)
    {
        var text = draft.File(File);
        text.Block("resource", ["postgresql_grant_role", draft.Names.Of("postgresql_grant_role", $"{name}_in_{membership.Role}")], () =>
        {
            text.Set("role", draft.Role(name));
            text.Set("grant_role", draft.Role(membership.Role));
            text.Set("with_admin_option", HclText.Flag(membership.Admin));
        });
    }

    private static bool HasAdmin(RoleConfig role) => role.MemberOf.Any(one => one.Value.Admin);
}
