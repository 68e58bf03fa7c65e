using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>What there is on a host for instances of a version.</summary>
/// <param name="Programs">The folder of initdb, postgres and pg_ctl; null for none.</param>
/// <param name="HasCreateCluster">Whether Debian's cluster layout is used there.</param>
/// <param name="HasSystemd">Whether systemd runs.</param>
/// <param name="MayUseRunFolder">Whether the instance's user may make sockets in /var/run/postgresql.</param>
/// <param name="Group">The group of the instance's user.</param>
/// <param name="Client">The address that this program comes from, as the host sees it; null on this host.</param>
internal sealed record HostFacts(string? Programs, bool HasCreateCluster, bool HasSystemd, bool MayUseRunFolder, string Group, string? Client)
{
    /// <summary>Usual places of packages: Debian and Ubuntu, the PostgreSQL project's RPMs, Alpine, source builds.</summary>
    private const string Script =
        """
        v=$1
        for d in "$2" "/usr/lib/postgresql/$v/bin" "/usr/pgsql-$v/bin" "/usr/libexec/postgresql$v" /usr/local/pgsql/bin; do
            [ -n "$d" ] && [ -x "$d/initdb" ] && [ -x "$d/pg_ctl" ] && [ -x "$d/postgres" ] || continue
            case $("$d/postgres" --version) in *"(PostgreSQL) $v"[.a-z]*) echo "programs=$d"; break ;; esac
        done
        [ ! -x /usr/bin/pg_createcluster ] || echo createcluster=1
        [ ! -d /run/systemd/system ] || echo systemd=1
        [ ! -w /var/run/postgresql ] || echo run=1
        echo "group=$(id -gn)"
        [ -z "${SSH_CONNECTION-}" ] || echo "client=${SSH_CONNECTION%% *}"
        """;

    /// <summary>Asks a host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="cluster">The declaration.</param>
    /// <param name="programs">A folder to look in first; null for none.</param>
    /// <param name="cancel">Stops asking.</param>
    /// <exception cref="LockkeeperException">It does not answer, or has no such user.</exception>
    public static async Task<HostFacts> ReadAsync(IHost host, ClusterConfig cluster, string? programs, CancellationToken cancel)
    {
        var (user, version) = (cluster.Instance!.Value.User, cluster.Version!.Value.ToString(CultureInfo.InvariantCulture));
        var result = await host.RunOrFailAsync(
            new HostCommand("sh", "-c", Script, "lk", version, programs ?? "") { User = user },
            $"The user '{user}' must be there, and this program must be allowed to act as it: sign in as it or as root, or let sudo do so without a password.", cancel);
        var facts = result.Lines.Where(line => !line.IsError).Select(line => line.Text.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return new HostFacts(facts.GetValueOrDefault("programs"), facts.ContainsKey("createcluster"), facts.ContainsKey("systemd"), facts.ContainsKey("run"), facts["group"], facts.GetValueOrDefault("client"));
    }
}
