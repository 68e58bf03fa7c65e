using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>Who is a member of which role.</summary>
internal sealed class MembershipComparing(ClusterConfig declared, LiveCluster live, AccessLoss loss)
{
    public IEnumerable<Difference> Compare()
    {
        foreach (var (member, role) in declared.Roles)
        {
            foreach (var wanted in role.Value.MemberOf)
            {
                var now = live.Memberships.FirstOrDefault(one => one.Role == wanted.Value.Role && one.Member == member);
                if (Changes(now, wanted.Value, role.Value) is { } words)
                {
                    yield return new Difference
                    {
                        Phase = Phase.Memberships,
                        Object = $"role {member}",
                        Change = $"{(now is null ? "member of" : "membership in")} {wanted.Value.Role}{(words.Length > 0 ? ": " + words : "")}",
                        At = wanted.At,
                        Remedy = new Remedy(null, Grant(member, wanted.Value, role.Value, now)),
                    };
                }
            }

            foreach (var extra in live.Memberships.Where(one => one.Member == member && !role.Value.MemberOf.Any(wanted => wanted.Value.Role == one.Role)))
                yield return Taken(extra, remedy: true, role.At);
        }

        // Somebody who is not declared stands in a role that is.
        foreach (var extra in live.Memberships.Where(one => !declared.Roles.ContainsKey(one.Member) && declared.Roles.ContainsKey(one.Role) && one.Member != live.Self))
            yield return Taken(extra, remedy: declared.Exact.Contains(ExactKind.Grants), null);
    }

    private Difference Taken(LiveMembership extra, bool remedy, Kernel.Errors.SourcePosition? at) => new()
    {
        Phase = Phase.Memberships,
        Object = $"role {extra.Member}",
        Change = remedy ? $"no member of {extra.Role} any more (not declared)" : $"member of {extra.Role}, not declared",
        Cost = remedy ? Cost.Loss : Cost.None,
        Losses = remedy ? [$"what {extra.Role} may do, from {loss.Whom(extra.Member)}"] : [],
        At = at,
        Kept = remedy ? null : "the member is not declared, and 'exact' does not name grants",
        Remedy = remedy ? new Remedy(null, $"REVOKE {SqlText.Identifier(extra.Role)} FROM {SqlText.Identifier(extra.Member)} CASCADE") : null,
    };

    /// <summary>What is to be changed, in words; empty for a membership that is to be made; null for nothing.</summary>
    private string? Changes(LiveMembership? now, MembershipConfig wanted, RoleConfig member)
    {
        if (now is null)
            return wanted.Admin ? "admin" : "";
        var words = new List<string>();
        if (now.Admin != wanted.Admin)
            words.Add($"admin {Word(now.Admin)} → {Word(wanted.Admin)}");
        if (live.Major >= 16 && now.Inherit != (wanted.Inherit ?? member.Inherit))
            words.Add($"inherit {Word(now.Inherit)} → {Word(wanted.Inherit ?? member.Inherit)}");
        if (live.Major >= 16 && now.Set != wanted.Set)
            words.Add($"set {Word(now.Set)} → {Word(wanted.Set)}");
        return words.Count == 0 ? null : string.Join(", ", words);
    }

    private IReadOnlyList<string> Grant(string member, MembershipConfig wanted, RoleConfig role, LiveMembership? now)
    {
        var grant = $"GRANT {SqlText.Identifier(wanted.Role)} TO {SqlText.Identifier(member)}";
        if (live.Major >= 16)
            return [$"{grant} WITH ADMIN {Sql(wanted.Admin)}, INHERIT {Sql(wanted.Inherit ?? role.Inherit)}, SET {Sql(wanted.Set)}"];
        return now is { Admin: true } && !wanted.Admin
            ? [$"REVOKE ADMIN OPTION FOR {SqlText.Identifier(wanted.Role)} FROM {SqlText.Identifier(member)} CASCADE"]
            : [grant + (wanted.Admin ? " WITH ADMIN OPTION" : "")];
    }

    private static string Word(bool value) => value ? "yes" : "no";

    private static string Sql(bool value) => value ? "TRUE" : "FALSE";
}
