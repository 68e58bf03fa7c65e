using System.Net;
using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Provision.PostgreSql.Instances.Access;

/// <summary>How the administrator connects.</summary>
/// <param name="User">The role.</param>
/// <param name="Database">The database that is connected to first.</param>
/// <param name="Encrypted">Whether the connection is encrypted.</param>
/// <param name="Address">The address that the server sees; null when nobody can say.</param>
internal sealed record AdminAccess(string User, string Database, bool Encrypted, IPAddress? Address)
{
    public bool IsLoopback => Address is not null && IPAddress.IsLoopback(Address);
}

/// <summary>Which access rule decides about a connection (PostgreSQL manual, "The pg_hba.conf File"): the first that fits, and no other after it.</summary>
internal static class AccessMatch
{
    /// <summary>Methods by which a password, which is all that the administrator's URL has, lets in.</summary>
    private static readonly string[] ByPassword = ["scram-sha-256", "md5", "password", "trust", "ldap", "radius", "pam"];

    /// <summary>The rule that decides; null for none, which refuses.</summary>
    public static AccessLine? First(IReadOnlyList<AccessLine> lines, AdminAccess who, string database) => lines.FirstOrDefault(line => Fits(line.Rule, who, database));

    /// <summary>Why the administrator would not come in; null when it would.</summary>
    /// <param name="lines">The rules.</param>
    /// <param name="who">The administrator.</param>
    /// <param name="databases">The databases that it must come into.</param>
    public static (string Why, AccessLine? Line)? LockOut(IReadOnlyList<AccessLine> lines, AdminAccess who, IEnumerable<string> databases)
    {
        foreach (var database in databases)
        {
            if (First(lines, who, database) is not { } line)
                return ($"no rule lets '{who.User}' into the database {database}{(who.Address is null ? "" : $" from {who.Address}")}", null);
            if (!ByPassword.Contains(line.Rule.Method, StringComparer.Ordinal))
                return ($"the first rule that fits '{who.User}' in the database {database} is '{AccessFile.Text(line.Rule)}'", line);
        }

        return null;
    }

    private static bool Fits(AccessRuleConfig rule, AdminAccess who, string database) =>
        rule.Type switch { "host" => true, "hostssl" => who.Encrypted, "hostnossl" => !who.Encrypted, _ => false }
        && rule.Databases.Any(one => one == "all" || one == database || (one == "sameuser" && database == who.User) || Expression(one, database))
        // A superuser is a member of a role here only when it was made one, which is not looked up: a rule for members counts when it could only lock out.
        && rule.Users.Any(one => one == "all" || one == who.User || Expression(one, who.User) || (one.StartsWith('+') && rule.Method == "reject"))
        && FitsAddress(rule, who);

    /// <summary>A name that begins with a slash is a regular expression from PostgreSQL 16 on. Ours are not quite its own, so that one counts only when it fits.</summary>
    private static bool Expression(string pattern, string name)
    {
        if (!pattern.StartsWith('/'))
            return false;
        try
        {
            return System.Text.RegularExpressions.Regex.IsMatch(name, pattern[1..], System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool FitsAddress(AccessRuleConfig rule, AdminAccess who)
    {
        // Of a name, or where our own address is not known, the worst is taken: it fits when it locks out.
        var worst = rule.Method == "reject";
        if (rule.Address == "all")
            return true;
        if (who.Address is not { } address)
            return worst || rule.Address is "0.0.0.0/0" or "::/0";
        if (rule.Address is "samehost" or "samenet")
            return IPAddress.IsLoopback(address) || worst;
        var (first, bits) = rule.Address!.Split('/', 2) is [var one, var two] ? (one, two) : (rule.Address, "");
        if (!IPAddress.TryParse(first, out var network))
            return worst;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (network.AddressFamily != address.AddressFamily)
            return false;
        var all = network.GetAddressBytes().Length * 8;
        return SameStart(network, address, bits.Length == 0 ? all : int.TryParse(bits, out var length) ? length : all);
    }

    /// <summary>Whether two addresses have the same first bits. The server masks both sides, so that 10.1.2.3/8 is 10.0.0.0/8.</summary>
    private static bool SameStart(IPAddress one, IPAddress other, int bits)
    {
        var (first, second) = (one.GetAddressBytes(), other.GetAddressBytes());
        for (var bit = 0; bit < bits && bit < first.Length * 8; bit++)
        {
            var mask = 0x80 >> (bit % 8);
            if ((first[bit / 8] & mask) != (second[bit / 8] & mask))
                return false;
        }

        return true;
    }
}
