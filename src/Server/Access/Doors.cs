using Lockkeeper.Kernel.Config;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Access;

/// <summary>Every way to be let in: a token of ours, a token of a provider, a session, and the word of a trusted proxy.</summary>
internal sealed class Doors
{
    private readonly AccessDesk desk;
    private readonly AccessStore store;
    private readonly OidcTokens? oidc;
    private readonly ProxyPeople? proxy;

    /// <summary>Opens what is configured.</summary>
    /// <exception cref="Kernel.Errors.LockkeeperException">A role in the configuration is none (LK7012).</exception>
    public Doors(AccessDesk desk, AccessStore store, ServerConfig config)
    {
        (this.desk, this.store) = (desk, store);
        oidc = config.Oidc is { } provider ? new OidcTokens(provider) : null;
        proxy = config.TrustedProxy is { } trusted ? new ProxyPeople(trusted, store.ForgerySecret()) : null;
    }

    /// <summary>Who a request comes from; null for a stranger.</summary>
    public async Task<Caller?> CallerOfAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        // Who sends a token means it: a cookie beside it does not count.
        if (header.Length > 0)
            return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? await OfTokenAsync(header["Bearer ".Length..].Trim()) : null;
        if ((context.Request.Cookies[Guard.SecureCookie] ?? context.Request.Cookies[Guard.LocalCookie]) is { Length: > 0 } secret && desk.OfSession(secret) is { } known)
            return known;
        return proxy?.Of(context) is { } named ? NotShutOut(named) : null;
    }

    private async Task<Caller?> OfTokenAsync(string token)
    {
        if (oidc is null || token.StartsWith(AccessDesk.TokenPrefix, StringComparison.Ordinal) || !OidcTokens.LooksLikeOne(token))
            return desk.OfToken(token);
        return await oidc.OfAsync(token) is { } caller ? NotShutOut(caller) : null;
    }

    /// <summary>Who is shut out here is shut out by whatever door.</summary>
    private Caller? NotShutOut(Caller caller) => store.Account(caller.Name) is { IsDisabled: true } ? null : caller;
}
