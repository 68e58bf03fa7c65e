using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>A certificate with its private key, as PostgreSQL reads them.</summary>
/// <param name="Certificate">PEM, with those that signed it.</param>
/// <param name="Key">PEM.</param>
internal sealed record CertificatePair(string Certificate, string Key);

/// <summary>Certificates of servers.</summary>
internal static class ServerCertificate
{
    /// <summary>How long before its end a certificate is said to end, and one of ours is made anew.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    /// <summary>For how long one of ours holds: what browsers and their like take at most.</summary>
    private const int Days = 397;

    /// <summary>Makes one that is signed by itself.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="hosts">The names and addresses that the server is reached at.</param>
    /// <param name="now">The time.</param>
    public static CertificatePair Make(string name, IEnumerable<string> hosts, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (IPAddress.TryParse(host, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(Days));
        return new CertificatePair(certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Why a pair cannot be used; null when it can.</summary>
    public static string? Fault(CertificatePair pair)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pair.Certificate, pair.Key);
            return null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return "the key does not belong to the certificate, or one of them cannot be read";
        }
    }

    /// <summary>When a certificate ends; null when it cannot be read.</summary>
    public static DateTimeOffset? EndOf(string pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether a certificate is for all of the names and addresses.</summary>
    public static bool IsFor(string pem, IEnumerable<string> hosts)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return hosts.All(host => certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false));
    }

    /// <summary>A day for people.</summary>
    public static string Day(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
