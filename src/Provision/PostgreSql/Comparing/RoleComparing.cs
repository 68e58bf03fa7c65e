using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>Roles with their attributes and passwords.</summary>
/// <param name="declared">The declaration.</param>
/// <param name="live">The cluster.</param>
/// <param name="passwords">The passwords of declared roles, secrets resolved.</param>
/// <param name="now">The time.</param>
internal sealed class RoleComparing(ClusterConfig declared, LiveCluster live, IReadOnlyDictionary<string, string> passwords, DateTimeOffset now)
{
    public IEnumerable<Difference> Compare()
    {
        foreach (var (name, role) in declared.Roles)
        {
            if (live.Roles.TryGetValue(name, out var there))
                foreach (var difference in Changed(name, role, there))
                    yield return difference;
            else
                foreach (var difference in Made(name, role))
                    yield return difference;
        }

        foreach (var role in live.Roles.Values.Where(role => !declared.Roles.ContainsKey(role.Name) && role.Name != live.Self && !IsBootstrap(role)).OrderBy(role => role.Name, StringComparer.Ordinal))
            foreach (var difference in Undeclared(role))
                yield return difference;
    }

    /// <summary>The superuser that initdb made, by its usual name: a declaration need not speak of it.</summary>
    private static bool IsBootstrap(LiveRole role) => role is { Name: "postgres", Superuser: true };

    private IEnumerable<Difference> Made(string name, Placed<RoleConfig> role)
    {
        var words = Words(role.Value).ToList();
        yield return new Difference
        {
            Phase = Phase.Roles,
            Object = $"role {name}",
            Change = words.Count == 0 ? "new" : $"new, {string.Join(", ", words)}",
            At = role.At,
            Remedy = new Remedy(null, $"CREATE ROLE {SqlText.Identifier(name)} {Options(role.Value)}"),
        };
        if (role.Value.Password is { } password)
            yield return PasswordSet(name, password, "set");
    }

    private IEnumerable<Difference> Changed(string name, Placed<RoleConfig> role, LiveRole there)
    {
        var wanted = role.Value;
        var changes = new List<(string Words, string Option, bool TakesAway)>();
        Flag("login", there.Login, wanted.Login, "LOGIN");
        Flag("superuser", there.Superuser, wanted.Superuser, "SUPERUSER");
        Flag("createdb", there.CreateDatabase, wanted.CreateDatabase, "CREATEDB");
        Flag("createrole", there.CreateRole, wanted.CreateRole, "CREATEROLE");
        Flag("replication", there.Replication, wanted.Replication, "REPLICATION");
        Flag("bypassrls", there.BypassRowSecurity, wanted.BypassRowSecurity, "BYPASSRLS");
        Flag("inherit", there.Inherit, wanted.Inherit, "INHERIT");
        if (there.ConnectionLimit != wanted.ConnectionLimit)
            changes.Add(($"connection_limit {Limit(there.ConnectionLimit)} → {Limit(wanted.ConnectionLimit)}", string.Create(CultureInfo.InvariantCulture, $"CONNECTION LIMIT {wanted.ConnectionLimit}"), false));
        if (there.ValidUntil != wanted.ValidUntil)
            changes.Add(($"valid_until {Moment(there.ValidUntil)} → {Moment(wanted.ValidUntil)}", $"VALID UNTIL '{Until(wanted.ValidUntil)}'", false));
        if (changes.Count > 0)
        {
            GuardSelf(name, role);
            yield return new Difference
            {
                Phase = Phase.Roles,
                Object = $"role {name}",
                Change = string.Join(", ", changes.Select(change => change.Words)),
                Cost = Cost.NewSessions,
                Losses = [.. changes.Where(change => change.TakesAway).Select(change => $"{change.Option[2..]} of {name}")],
                At = role.At,
                Remedy = new Remedy(null, $"ALTER ROLE {SqlText.Identifier(name)} {string.Join(' ', changes.Select(change => change.Option))}"),
            };
        }

        if (wanted.Password is { } password && there.IsVerifierKnown && passwords.TryGetValue(name, out var text) && !ScramVerifier.Fits(there.Verifier, text))
            yield return PasswordSet(name, password, there.Verifier is null ? "set" : "changed");

        void Flag(string word, bool has, bool should, string option)
        {
            if (has != should)
                changes.Add(($"{word} {(has ? "yes" : "no")} → {(should ? "yes" : "no")}", (should ? "" : "NO") + option, has));
        }
    }

    private Difference PasswordSet(string name, Placed<string> password, string word)
    {
        // A new salt each time would make another plan of the same change: the script says what is sent, not the verifier itself.
        var shown = $"ALTER ROLE {SqlText.Identifier(name)} PASSWORD '(a SCRAM verifier)'";
        return new Difference
        {
            Phase = Phase.Roles,
            Object = $"role {name}",
            Change = $"password {word}",
            Cost = Cost.NewSessions,
            At = password.At,
            Remedy = new Remedy(null, $"ALTER ROLE {SqlText.Identifier(name)} PASSWORD {SqlText.Literal(ScramVerifier.Of(passwords[name]))}") { IsSecret = true, Shown = [shown] },
        };
    }

    /// <summary>A role that nobody declares. Before it is dropped it loses its privileges in each database; what it owns is never dropped with it.</summary>
    private IEnumerable<Difference> Undeclared(LiveRole role)
    {
        var standing = live.Dependencies.Where(one => one.Role == role.Name).ToList();
        var owns = standing.Where(one => one.Owned > 0).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Owned} in {one.Database ?? "the cluster"}")).ToList();
        var kept = !declared.Exact.Contains(ExactKind.Roles) ? "'exact' does not name roles"
            : owns.Count > 0 ? $"it owns objects, {string.Join(" and ", owns)}: give them to another role first, with REASSIGN OWNED" : null;
        if (kept is not null)
        {
            yield return new Difference { Phase = Phase.Removals, Object = $"role {role.Name}", Change = "not declared", Kept = kept };
            yield break;
        }

        var databases = standing.Where(one => one.Database is not null).Select(one => one.Database!).DefaultIfEmpty(standing.Count > 0 ? live.Home : null);
        foreach (var database in databases.OfType<string>())
        {
            yield return new Difference
            {
                Phase = Phase.Removals,
                Object = $"role {role.Name}",
                Change = $"its privileges in {database} (not declared)",
                Cost = Cost.Loss,
                Losses = [$"privileges and policies of {role.Name} in {database}"],
                Remedy = new Remedy(database, OwnsNothing(role.Name), $"DROP OWNED BY {SqlText.Identifier(role.Name)}"),
            };
        }

        yield return new Difference
        {
            Phase = Phase.Removals,
            Object = $"role {role.Name}",
            Change = "dropped (not declared)",
            Cost = Cost.Loss,
            Losses = [$"role {role.Name} with its privileges and memberships"],
            Remedy = new Remedy(null, $"DROP ROLE {SqlText.Identifier(role.Name)}"),
        };
    }

    /// <summary>DROP OWNED drops tables too: it is sent only behind a look that fails when the role has come to own something.</summary>
    private static string OwnsNothing(string role) => "DO " + SqlText.Literal(
        $"""
        BEGIN
            IF EXISTS (SELECT FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid WHERE s.refclassid = 'pg_authid'::regclass AND r.rolname = {SqlText.Literal(role)} AND s.deptype = 'o' AND s.classid <> 'pg_default_acl'::regclass) THEN
                RAISE EXCEPTION 'the role owns objects';
            END IF;
        END
        """);

    /// <summary>A change of the administrator's own role after which it could not undo the change.</summary>
    private void GuardSelf(string name, Placed<RoleConfig> role)
    {
        if (name != live.Self)
            return;
        var wanted = role.Value;
        var reason = (wanted, live.Roles[name]) switch
        {
            ({ Login: false }, _) => "it may not sign in any more",
            ({ Superuser: false }, { Superuser: true }) => "it is a superuser no more",
            ({ ConnectionLimit: 0 }, _) => "it may have no session",
            ({ CreateRole: false, Superuser: false }, { CreateRole: true }) => "it may not change roles any more",
            _ => wanted.ValidUntil <= now ? "its password does not hold any more" : null,
        };
        if (reason is not null)
            throw new LockkeeperException(ProvisionErrors.WouldLockOut, $"the declaration changes the role '{name}' that Lockkeeper signs in as: {reason}", "Declare the role as it is, or let 'admin' be another one.", role.At);
    }

    private static IEnumerable<string> Words(RoleConfig role)
    {
        if (role.Login)
            yield return "login";
        if (role.Superuser)
            yield return "superuser";
        if (role.CreateDatabase)
            yield return "createdb";
        if (role.CreateRole)
            yield return "createrole";
        if (role.Replication)
            yield return "replication";
        if (role.BypassRowSecurity)
            yield return "bypassrls";
        if (!role.Inherit)
            yield return "no inherit";
        if (role.ConnectionLimit >= 0)
            yield return $"connection_limit {Limit(role.ConnectionLimit)}";
        if (role.ValidUntil is not null)
            yield return $"valid_until {Moment(role.ValidUntil)}";
    }

    private static string Options(RoleConfig role)
    {
        var options = new List<string>
        {
            role.Login ? "LOGIN" : "NOLOGIN",
            role.Inherit ? "INHERIT" : "NOINHERIT",
        };
        // Left out where they are PostgreSQL's own: a role that may only create roles is refused some of them even in the negative (PostgreSQL 15).
        if (role.Superuser)
            options.Add("SUPERUSER");
        if (role.CreateDatabase)
            options.Add("CREATEDB");
        if (role.CreateRole)
            options.Add("CREATEROLE");
        if (role.Replication)
            options.Add("REPLICATION");
        if (role.BypassRowSecurity)
            options.Add("BYPASSRLS");
        if (role.ConnectionLimit >= 0)
            options.Add(string.Create(CultureInfo.InvariantCulture, $"CONNECTION LIMIT {role.ConnectionLimit}"));
        if (role.ValidUntil is not null)
            options.Add($"VALID UNTIL '{Until(role.ValidUntil)}'");
        return string.Join(' ', options);
    }

    private static string Limit(int limit) => limit < 0 ? "none" : limit.ToString(CultureInfo.InvariantCulture);

    private static string Moment(DateTimeOffset? moment) => moment is { } at ? at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "always";

    private static string Until(DateTimeOffset? moment) => moment is { } at ? at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss+00", CultureInfo.InvariantCulture) : "infinity";
}
