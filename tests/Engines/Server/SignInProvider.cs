using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>An OpenID Connect provider as far as a resource server sees one: its two documents, and tokens signed with its key.</summary>
internal sealed class SignInProvider : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly Task answering;

    public SignInProvider()
    {
        for (var tries = 0; ; tries++)
        {
            Issuer = $"http://127.0.0.1:{Random.Shared.Next(20000, 30000)}";
            listener.Prefixes.Clear();
            listener.Prefixes.Add(Issuer + "/");
            try
            {
                listener.Start();
                break;
            }
            catch (HttpListenerException) when (tries < 20)
            {
                // Another test has this port.
            }
        }

        answering = AnswerAsync();
    }

    public string Issuer { get; }

    /// <summary>The key that new tokens are signed with, and the only one that it publishes.</summary>
    public RsaSecurityKey Key { get; private set; } = NewKey();

    public static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("N") };

    /// <summary>Signs with another key from now on, as providers do now and then.</summary>
    public void Rotate() => Key = NewKey();

    public string Token(string name, string[] groups, string? audience = null, string? issuer = null, SecurityKey? key = null, TimeSpan? lasts = null, string algorithm = SecurityAlgorithms.RsaSha256) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = issuer ?? Issuer,
        Audience = audience ?? "lockkeeper",
        Expires = DateTime.UtcNow + (lasts ?? TimeSpan.FromHours(1)),
        Claims = new Dictionary<string, object> { ["email"] = name, ["groups"] = groups },
        SigningCredentials = new SigningCredentials(key ?? Key, algorithm),
    });

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await answering;
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                var parameters = Key.Rsa.ExportParameters(false);
                var text = context.Request.Url!.AbsolutePath == "/keys"
                    ? JsonSerializer.Serialize(new { keys = new[] { new { kty = "RSA", use = "sig", kid = Key.KeyId, n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) } } })
                    : JsonSerializer.Serialize(new { issuer = Issuer, jwks_uri = Issuer + "/keys" });
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
