using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Lockkeeper.Engines.PostgreSql.Pooling;

/// <summary>The client's side of SCRAM-SHA-256 without channel binding. Source: RFC 5802 and RFC 7677.</summary>
/// <param name="password">The password.</param>
/// <param name="ownNonce">Random text; null for new one.</param>
internal sealed class ScramProof(string password, string? ownNonce = null)
{
    /// <summary>"n,,": no channel binding, no other user; in the last message as Base64.</summary>
    private const string Header = "n,,";

    private readonly string nonce = ownNonce ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
    private byte[] serverSignature = [];

    /// <summary>The user of the first message; PostgreSQL and PgBouncer take the one of the start of the session, and leave this one empty.</summary>
    public string User { get; init; } = "";

    public string First() => Header + Bare();

    /// <summary>The last message, by what the server said.</summary>
    /// <exception cref="ConsoleRefusal">It did not say what it must.</exception>
    public string Final(string serverFirst)
    {
        var said = Attributes(serverFirst);
        if (!said.TryGetValue('r', out var both) || !both.StartsWith(nonce, StringComparison.Ordinal) || both.Length == nonce.Length
            || !said.TryGetValue('s', out var salt) || !said.TryGetValue('i', out var count) || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations < 1)
        {
            throw new ConsoleRefusal("its part of SCRAM cannot be understood");
        }

        // SASLprep, for all but the characters that it forbids.
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC)), Salt(salt), iterations, HashAlgorithmName.SHA256, 32);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        var without = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(Header))},r={both}";
        var message = Encoding.UTF8.GetBytes($"{Bare()},{serverFirst},{without}");
        var signature = HMACSHA256.HashData(SHA256.HashData(clientKey), message);
        serverSignature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), message);
        for (var i = 0; i < clientKey.Length; i++)
            clientKey[i] ^= signature[i];
        return $"{without},p={Convert.ToBase64String(clientKey)}";
    }

    /// <summary>Whether who answers knows the password too.</summary>
    public bool IsServer(string serverFinal) => serverFinal == "v=" + Convert.ToBase64String(serverSignature);

    private string Bare() => $"n={User},r={nonce}";

    private static byte[] Salt(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw new ConsoleRefusal("its part of SCRAM cannot be understood");
        }
    }

    private static Dictionary<char, string> Attributes(string text)
    {
        var found = new Dictionary<char, string>();
        foreach (var part in text.Split(',').Where(part => part.Length > 2 && part[1] == '='))
            found[part[0]] = part[2..];
        return found;
    }
}
