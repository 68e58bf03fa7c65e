using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>Who the server runs as: PostgreSQL refuses to run as root, so root drops to an unprivileged user.</summary>
/// <param name="Owner">user:group by number, the owner of the data; empty when this process's own user runs the server.</param>
/// <param name="Launcher">The words before a command that make it run as that user.</param>
internal sealed record ServerUser(string Owner, IReadOnlyList<string> Launcher)
{
    /// <summary>The user for this process.</summary>
    /// <exception cref="LockkeeperException">This is root and there is neither <c>postgres</c> nor <c>nobody</c>.</exception>
    public static ServerUser Find() => Environment.IsPrivilegedProcess ? ForRoot(File.ReadLines("/etc/passwd")) : new ServerUser("", []);

    /// <summary>The user that root drops to.</summary>
    /// <param name="passwd">The lines of /etc/passwd.</param>
    internal static ServerUser ForRoot(IEnumerable<string> passwd)
    {
        var users = passwd.Select(line => line.Split(':')).Where(fields => fields.Length > 3).ToList();
        var user = users.Find(fields => fields[0] == "postgres") ?? users.Find(fields => fields[0] == "nobody");
        if (user is null || user[2] == "0")
            throw new LockkeeperException(
                SandboxErrors.NoServerUser, "this is root, PostgreSQL refuses to run as root, and there is no user 'postgres' or 'nobody'",
                "Run lk as an ordinary user, or create the user: useradd --system postgres.");
        return new ServerUser($"{user[2]}:{user[3]}", ["setpriv", $"--reuid={user[2]}", $"--regid={user[3]}", "--clear-groups", "--"]);
    }
}
