using System.Security.Cryptography;
using System.Text;

namespace Lockkeeper.Server.Access;

/// <summary>Makes and hashes what only its holder may know.</summary>
internal static class Secrets
{
    /// <summary>256 random bits, as letters and digits that go into an address and a header.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is kept of one: its SHA-256. It is random, so no slow hash is needed.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Compares in the same time whatever differs.</summary>
    public static bool AreSame(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
