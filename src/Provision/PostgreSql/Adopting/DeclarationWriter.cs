using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Adopting;

/// <summary>Writes the declaration of a cluster as it is, so that a plan on it is empty.</summary>
/// <param name="given">Its name and how it is reached.</param>
/// <param name="live">The cluster.</param>
/// <param name="contents">What is in its databases.</param>
/// <param name="secrets">Takes the roles that have a password, which nobody can read back.</param>
internal sealed class DeclarationWriter(ClusterConfig given, LiveCluster live, IReadOnlyDictionary<string, LiveContent> contents, ICollection<string> secrets)
{
    private static readonly string[] NotDeclared = ["data_directory", "config_file", "hba_file", "ident_file", "external_pid_file"];

    private readonly YamlText yaml = new();

    private IEnumerable<LiveRole> Roles => live.Roles.Values.Where(role => role.Name != live.Self && role is not { Name: "postgres", Superuser: true }).OrderBy(role => role.Name, StringComparer.Ordinal);

    public string Write()
    {
        yaml.Comment($"{given.Name}: PostgreSQL {live.Version}, as it was found. 'lk provision plan {given.Name}' shows what differs from now on.");
        yaml.Key("cluster", YamlText.Scalar(given.Name));
        yaml.Key("version", YamlText.Number(live.Major));
        if (given.Environment is { } environment)
            yaml.Key("environment", YamlText.Scalar(environment.Value));
        yaml.Key("admin", YamlText.Scalar(given.Admin.Value));
        yaml.Section("parameters", () =>
        {
            foreach (var parameter in live.Parameters.Values.Where(one => one.FromFile is not null && one.Context != "internal" && !NotDeclared.Contains(one.Name, StringComparer.Ordinal)).OrderBy(one => one.Name, StringComparer.Ordinal))
                yaml.Key(parameter.Name, YamlText.Scalar(parameter.FromFile!));
        });
        return WriteInside();
    }

    /// <summary>Roles and databases, and nothing before them.</summary>
    public string WriteInside()
    {
        yaml.Section("roles", () =>
        {
            foreach (var role in Roles)
                Role(role);
        });
        yaml.Section("databases", () =>
        {
            foreach (var content in contents.Values.OrderBy(one => one.Database, StringComparer.Ordinal))
                Database(live.Databases[content.Database], content);
        });
        return yaml.ToString();
    }

    private void Role(LiveRole role)
    {
        var keys = new List<(string, string)>();
        Flag("login", role.Login, standard: false);
        Flag("superuser", role.Superuser, standard: false);
        Flag("createdb", role.CreateDatabase, standard: false);
        Flag("createrole", role.CreateRole, standard: false);
        Flag("replication", role.Replication, standard: false);
        Flag("bypassrls", role.BypassRowSecurity, standard: false);
        Flag("inherit", role.Inherit, standard: true);
        if (role.ConnectionLimit >= 0)
            keys.Add(("connection_limit", YamlText.Number(role.ConnectionLimit)));
        if (role.ValidUntil is { } until)
            keys.Add(("valid_until", YamlText.Scalar(until.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))));
        var memberships = live.Memberships.Where(one => one.Member == role.Name).ToList();
        var own = Settings(one => one.Role == role.Name && one.Database is null);
        var inside = live.Settings.Where(one => one.Role == role.Name && one.Database is not null && contents.ContainsKey(one.Database)).GroupBy(one => one.Database!).ToList();
        var hasPassword = role.Verifier is not null;
        if (keys.Count + memberships.Count + own.Count + inside.Count == 0 && !hasPassword)
        {
            yaml.Key(role.Name, "{}");
            return;
        }

        if (hasPassword)
            secrets.Add(role.Name);
        yaml.Section(role.Name, () =>
        {
            foreach (var (name, value) in keys)
                yaml.Key(name, value);
            if (hasPassword && keys.Count + memberships.Count + own.Count + inside.Count == 0)
                yaml.Key("login", "false");
            if (hasPassword)
                yaml.Comment($"password: \"${{env:{Variable(role.Name)}}}\"   # it has one, which cannot be read back");
            yaml.Section("member_of", () =>
            {
                foreach (var membership in memberships)
                    yaml.Item(Membership(membership, role));
            });
            Write("settings", own);
            yaml.Section("settings_in", () =>
            {
                foreach (var database in inside)
                    Write(database.Key, Settings(one => one.Role == role.Name && one.Database == database.Key));
            });
        });

        void Flag(string name, bool value, bool standard)
        {
            if (value != standard)
                keys.Add((name, value ? "true" : "false"));
        }
    }

    private string Membership(LiveMembership membership, LiveRole member)
    {
        var keys = new List<(string, string)> { ("role", YamlText.Scalar(membership.Role)) };
        if (membership.Admin)
            keys.Add(("admin", "true"));
        if (live.Major >= 16 && membership.Inherit != member.Inherit)
            keys.Add(("inherit", membership.Inherit ? "true" : "false"));
        if (live.Major >= 16 && !membership.Set)
            keys.Add(("set", "false"));
        return keys.Count == 1 ? keys[0].Item2 : YamlText.Map(keys);
    }

    private List<LiveSetting> Settings(Func<LiveSetting, bool> which) => [.. live.Settings.Where(which)];

    private void Write(string name, IReadOnlyList<LiveSetting> settings) => yaml.Section(name, () =>
    {
        foreach (var setting in settings)
            yaml.Key(setting.Name, YamlText.Scalar(setting.Value));
    });

    private void Database(LiveDatabase database, LiveContent content) => yaml.Section(database.Name, () =>
    {
        if (IsDeclared(database.Owner))
            yaml.Key("owner", YamlText.Scalar(database.Owner));
        yaml.Key("encoding", YamlText.Scalar(database.Encoding));
        if (database.Collation == database.CharacterType)
            yaml.Key("locale", YamlText.Scalar(database.Collation));
        if (database.ConnectionLimit >= 0)
            yaml.Key("connection_limit", YamlText.Number(database.ConnectionLimit));
        Write("settings", Settings(one => one.Database == database.Name && one.Role is null));
        yaml.Section("extensions", () =>
        {
            foreach (var extension in content.Extensions.Where(one => one.Name != "plpgsql"))
                yaml.Key(extension.Name, YamlText.Map([("schema", YamlText.Scalar(extension.Schema)), ("version", YamlText.Scalar(extension.Version))]));
        });
        yaml.Section("schemas", () =>
        {
            foreach (var schema in content.Objects.Where(one => one.Kind == GrantObject.Schemas && !one.IsOfExtension))
                yaml.Key(schema.Name, IsDeclared(schema.Owner) ? YamlText.Map([("owner", YamlText.Scalar(schema.Owner))]) : "{}");
        });
        var grants = new GrantWriter(live, content, IsDeclared).Lines().ToList();
        if (grants.Count == 0)
            yaml.Key("grants", "[]");
        else
            List("grants", grants);
        List("default_privileges", new GrantWriter(live, content, IsDeclared).DefaultLines());
        yaml.Section("row_security", () =>
        {
            foreach (var (table, security) in content.RowSecurity)
                RowSecurity(table, security);
        });
    });

    private bool IsDeclared(string role) => role.StartsWith("pg_", StringComparison.Ordinal) || Roles.Any(one => one.Name == role);

    private void List(string name, IEnumerable<string> items) => yaml.Section(name, () =>
    {
        foreach (var item in items)
            yaml.Item(item);
    });

    private void RowSecurity(string table, LiveRowSecurity security) => yaml.Section(table, () =>
    {
        yaml.Key("enabled", security.Enabled ? "true" : "false");
        if (security.Forced)
            yaml.Key("forced", "true");
        yaml.Section("policies", () =>
        {
            foreach (var (name, policy) in security.Policies)
            {
                var keys = new List<(string, string)> { ("command", policy.Command.ToLowerInvariant()), ("to", YamlText.List(policy.Roles)) };
                if (policy.Restrictive)
                    keys.Add(("restrictive", "true"));
                if (policy.Using is not null)
                    keys.Add(("using", YamlText.Scalar(policy.Using)));
                if (policy.Check is not null)
                    keys.Add(("check", YamlText.Scalar(policy.Check)));
                yaml.Key(name, YamlText.Map(keys));
            }
        });
    });

    private static string Variable(string role) => new string([.. role.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_')]) + "_PASSWORD";
}
