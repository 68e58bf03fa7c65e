using System.Text;
using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Provision.PostgreSql.Reading;

/// <summary>One privilege in an access control list.</summary>
/// <param name="Grantee">The role; <c>public</c> for everybody.</param>
/// <param name="Privilege">In upper case.</param>
/// <param name="Grantable">Whether the role may grant it to others.</param>
/// <param name="Grantor">Who granted it.</param>
internal sealed record AccessEntry(string Grantee, string Privilege, bool Grantable, string Grantor)
{
    /// <summary>The letters of privileges (PostgreSQL's documentation, table 5.1).</summary>
    private static string Name(char letter) => letter switch
    {
        'r' => "SELECT",
        'a' => "INSERT",
        'w' => "UPDATE",
        'd' => "DELETE",
        'D' => "TRUNCATE",
        'x' => "REFERENCES",
        't' => "TRIGGER",
        'm' => "MAINTAIN",
        'C' => "CREATE",
        'c' => "CONNECT",
        'T' => "TEMPORARY",
        'X' => "EXECUTE",
        'U' => "USAGE",
        's' => "SET",
        'A' => "ALTER SYSTEM",
        _ => throw new FormatException($"'{letter}' is not the letter of a privilege"),
    };

    /// <summary>Reads entries as the catalog has them: <c>role=arw*/grantor</c>, the role empty for everybody.</summary>
    public static IEnumerable<AccessEntry> Read(IEnumerable<string> acl)
    {
        foreach (var item in acl)
        {
            var at = 0;
            var grantee = ReadName(item, ref at, '=');
            var letters = at + 1;
            at = item.IndexOf('/', letters) + 1;
            var end = at - 1;
            var grantor = ReadName(item, ref at, '\0');
            for (var i = letters; i < end; i++)
            {
                var grantable = i + 1 < end && item[i + 1] == '*';
                yield return new AccessEntry(grantee.Length == 0 ? "public" : grantee, Name(item[i]), grantable, grantor);
                if (grantable)
                    i++;
            }
        }
    }

    /// <summary>All privileges that a server has on a kind of objects.</summary>
    public static IReadOnlyList<string> All(GrantObject kind, bool column, int major) =>
        [.. GrantObjects.Privileges(kind, column).Where(privilege => major >= 17 || privilege != "MAINTAIN")];

    /// <summary>What holds where the catalog has no list: everything for the owner, and for everybody what PostgreSQL gives by itself (its function acldefault).</summary>
    public static IEnumerable<AccessEntry> Standard(GrantObject kind, string owner, int major)
    {
        foreach (var privilege in All(kind, column: false, major))
            yield return new AccessEntry(owner, privilege, Grantable: false, owner);
        string[] everybody = kind switch
        {
            GrantObject.Database => ["CONNECT", "TEMPORARY"],
            GrantObject.Functions => ["EXECUTE"],
            GrantObject.Types or GrantObject.Languages => ["USAGE"],
            _ => [],
        };
        foreach (var privilege in everybody)
            yield return new AccessEntry("public", privilege, Grantable: false, owner);
    }

    /// <summary>Names are in double quotes when they hold anything but letters, digits and underscores; a quote inside is doubled.</summary>
    private static string ReadName(string item, ref int at, char end)
    {
        if (at < item.Length && item[at] == '"')
        {
            var name = new StringBuilder();
            for (at++; at < item.Length; at++)
            {
                if (item[at] != '"')
                    name.Append(item[at]);
                else if (at + 1 < item.Length && item[at + 1] == '"')
                    name.Append(item[++at]);
                else
                    break;
            }

            at++;
            return name.ToString();
        }

        var start = at;
        while (at < item.Length && item[at] != end)
            at++;
        return item[start..at];
    }
}
