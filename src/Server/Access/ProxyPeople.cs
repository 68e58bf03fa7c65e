using System.Net;
using Lockkeeper.Kernel.Config;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Access;

/// <summary>Takes the word of a proxy for who somebody is, if the request comes from the proxy.</summary>
internal sealed class ProxyPeople
{
    private readonly TrustedProxyConfig config;
    private readonly HashSet<IPAddress> addresses;
    private readonly GroupRoles roles;
    private readonly string forgerySecret;

    /// <summary>Reads the configuration.</summary>
    /// <param name="config">The proxy.</param>
    /// <param name="forgerySecret">What keys of forms are made from; the same for all servers of one state.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException">A role is none (LK7012).</exception>
    public ProxyPeople(TrustedProxyConfig config, string forgerySecret)
    {
        this.config = config;
        this.forgerySecret = forgerySecret;
        addresses = [.. config.Addresses.Select(IPAddress.Parse)];
        roles = new GroupRoles(config.Roles);
    }

    /// <summary>Who the proxy says that it is; null when it says nothing, or somebody else does.</summary>
    public Caller? Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress;
        var names = context.Request.Headers[config.UserHeader];
        // Two such headers mean that the proxy has let one from outside through.
        if (address is null || !addresses.Contains(address) || names.Count != 1 || names[0] is not { } name || !AccessDesk.IsName(name))
            return null;
        var groups = context.Request.Headers[config.GroupsHeader].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        // The browser's session is the proxy's; a page of another site can make the browser send a form through it, but cannot know this key.
        return new Caller(name, roles.Of(groups)) { ForgeryKey = Secrets.Hash($"{forgerySecret}\n{name}") };
    }
}
