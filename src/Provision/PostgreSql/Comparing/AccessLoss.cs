using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>Who notices when a role loses something: everybody who is a member of it, directly or through others.</summary>
internal sealed class AccessLoss(LiveCluster live)
{
    private const int Named = 5;

    private readonly ILookup<string, string> members = live.Memberships.ToLookup(one => one.Role, one => one.Member, StringComparer.Ordinal);

    /// <summary>The role, and those who can sign in and have it through the role: <c>readers (ada, bob and 3 more)</c>.</summary>
    public string Whom(string role)
    {
        if (role == "public")
            return "everybody";
        var through = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([role]);
        var seen = new HashSet<string>(StringComparer.Ordinal) { role };
        while (open.TryPop(out var next))
        {
            foreach (var member in members[next].Where(seen.Add))
            {
                open.Push(member);
                if (live.Roles.TryGetValue(member, out var known) && known.Login)
                    through.Add(member);
            }
        }

        return through.Count == 0 ? role : $"{role} ({string.Join(", ", through.Take(Named))}{(through.Count > Named ? $" and {through.Count - Named} more" : "")})";
    }
}
