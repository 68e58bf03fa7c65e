using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>What PostgreSQL keeps of a password: <c>SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey</c> (RFC 5802, RFC 7677). Made here, so that the password is never sent.</summary>
internal static class ScramVerifier
{
    /// <summary>PostgreSQL's own number (SCRAM_SHA_256_DEFAULT_ITERATIONS).</summary>
    private const int Iterations = 4096;

    private const int SaltBytes = 16;

    /// <summary>The verifier of a password with a new salt.</summary>
    public static string Of(string password) => Of(password, RandomNumberGenerator.GetBytes(SaltBytes), Iterations);

    /// <summary>Whether a verifier, SCRAM or MD5, is that of a password. An MD5 one never fits: it is to be replaced.</summary>
    public static bool Fits(string? verifier, string password)
    {
        if (verifier?.Split('$') is not ["SCRAM-SHA-256", var how, _] || how.Split(':') is not [var count, var salt] || !int.TryParse(count, CultureInfo.InvariantCulture, out var iterations))
            return false;
        var own = Of(password, Convert.FromBase64String(salt), iterations);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(own), Encoding.ASCII.GetBytes(verifier));
    }

    private static string Of(string password, byte[] salt, int iterations)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(Prepared(password)), salt, iterations, HashAlgorithmName.SHA256, 32);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return string.Create(CultureInfo.InvariantCulture, $"SCRAM-SHA-256${iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}");
    }

    /// <summary>SASLprep (RFC 4013) as far as it changes what people type: compatibility forms are composed. PostgreSQL takes a password as it is when the profile forbids it.</summary>
    private static string Prepared(string password) => Ascii.IsValid(password) ? password : password.Normalize(NormalizationForm.FormKC);
}
