using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Lockkeeper.Server.Access;

/// <summary>Takes the tokens of an OpenID Connect provider: signed by a key that it publishes, meant for us, and not run out.</summary>
internal sealed class OidcTokens
{
    private static readonly TimeSpan Answers = TimeSpan.FromSeconds(10);

    /// <summary>Signatures of key pairs only: with a shared secret, whoever can check a token could make one.</summary>
    private static readonly string[] algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly OidcConfig config;
    private readonly GroupRoles roles;
    private readonly TokenValidationParameters rules;

    /// <summary>Reads the configuration; the provider is asked when the first token comes.</summary>
    /// <exception cref="LockkeeperException">A role is none (LK7012).</exception>
    public OidcTokens(OidcConfig config)
    {
        this.config = config;
        roles = new GroupRoles(config.Roles);
        rules = new TokenValidationParameters
        {
            ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
                config.Issuer.TrimEnd('/') + "/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), new Documents())
            {
                // A token of a key that we do not know makes us ask for the keys anew, which strangers can cause too.
                RefreshInterval = TimeSpan.FromSeconds(30),
            },
            ValidIssuer = config.Issuer,
            ValidAudience = config.Audience,
            ValidAlgorithms = algorithms,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = TimeSpan.FromMinutes(1),
        };
    }

    /// <summary>Whether a text has the form of such a token.</summary>
    public static bool LooksLikeOne(string token) => token.Length < 16 * 1024 && token.Count(letter => letter == '.') == 2;

    /// <summary>Who a token stands for; null when it is not good.</summary>
    public async Task<Caller?> OfAsync(string token)
    {
        var answer = await handler.ValidateTokenAsync(token, rules);
        if (!answer.IsValid || answer.ClaimsIdentity.FindFirst(config.NameClaim)?.Value is not { } name || !AccessDesk.IsName(name))
            return null;
        return new Caller(name, roles.Of(answer.ClaimsIdentity.FindAll(config.GroupsClaim).Select(claim => claim.Value)));
    }

    /// <summary>Reads the provider's documents by the program's own way to call services.</summary>
    private sealed class Documents : IDocumentRetriever
    {
        public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            var url = new Uri(address);
            if (url.Scheme != "https" && !url.IsLoopback)
                throw new IOException($"{address} is not an https address");
            var answer = await OutboundHttp.SendAsync(new HttpCall("GET", url) { MostBytes = 1024 * 1024 }, Answers, cancel);
            return answer.Status == 200 ? answer.Body : throw new IOException($"{address} answered {answer.Status}");
        }
    }
}
