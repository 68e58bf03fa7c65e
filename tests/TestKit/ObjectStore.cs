using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using Lockkeeper.Tests.TestKit.Rds;

namespace Lockkeeper.Tests.TestKit;

/// <summary>
/// An object store that speaks S3 over TLS, with a certificate that an authority of its own has signed: pgBackRest speaks to no store without TLS. The store is moto, behind an end of TLS of our own:
/// moto's closes connections without saying so in TLS, which pgBackRest 2.45 takes for an attack.
/// </summary>
public sealed class ObjectStore : IAsyncDisposable
{
    /// <summary>What signs in to it.</summary>
    public const string Key = "AKIDSTORE", Secret = "a-secret-of-the-object-store";

    private readonly MotoServer server;
    private readonly DirectoryInfo folder;
    private readonly X509Certificate2 certificate;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();

    private ObjectStore(MotoServer server, DirectoryInfo folder, X509Certificate2 certificate)
    {
        (this.server, this.folder, this.certificate) = (server, folder, certificate);
        listener.Start();
        _ = ServeAsync();
    }

    /// <summary>The variables that <see cref="Repository"/> refers to.</summary>
    public static IReadOnlyDictionary<string, string?> Variables { get; } = new Dictionary<string, string?> { ["STORE_KEY"] = Key, ["STORE_SECRET"] = Secret };

    /// <summary>Host and port.</summary>
    public string Endpoint => $"localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>The key <c>s3</c> of a repository, in YAML's flow form.</summary>
    public string Repository => $"s3: {{ bucket: backups, endpoint: \"{Endpoint}\", region: eu-west-1, key: \"${{env:STORE_KEY}}\", secret: \"${{env:STORE_SECRET}}\", path_style: true, ca: {CaFile} }}";

    /// <summary>The file of the authority.</summary>
    public string CaFile => Path.Combine(folder.FullName, "ca.pem");

    public static async Task<ObjectStore> StartAsync()
    {
        var place = Directory.CreateTempSubdirectory("lk-store-");
        // pgBackRest runs as the server's user, who must be able to read the authority's file.
        File.SetUnixFileMode(place.FullName, (UnixFileMode)0b111_101_101);
        var signed = await SignAsync(Path.Combine(place.FullName, "ca.pem"));
        var store = new ObjectStore(await MotoServer.StartAsync(), place, signed);
        using var client = store.Client();
        using var made = await client.PutAsync("backups", null);
        made.EnsureSuccessStatusCode();
        return store;
    }

    /// <summary>The names of what lies in the bucket, the first thousand.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync()
    {
        using var client = Client();
        var listing = XDocument.Parse(await client.GetStringAsync("backups?list-type=2"));
        return [.. listing.Descendants().Where(element => element.Name.LocalName == "Key").Select(element => element.Value)];
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        listener.Dispose();
        await server.DisposeAsync();
        certificate.Dispose();
        ended.Dispose();
        folder.Delete(recursive: true);
    }

    private HttpClient Client()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(CaFile));
        var handler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = policy } };
        // moto asks nobody who he is.
        return new HttpClient(handler) { BaseAddress = new Uri($"https://{Endpoint}/") };
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = PassAsync(await listener.AcceptTcpClientAsync(ended.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The store has ended.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        try
        {
            using var caller = client;
            await using var tls = new SslStream(caller.GetStream());
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, ended.Token);
            using var behind = new TcpClient();
            await behind.ConnectAsync(IPAddress.Loopback, server.Port, ended.Token);
            var asked = tls.CopyToAsync(behind.GetStream(), ended.Token);
            await behind.GetStream().CopyToAsync(tls, ended.Token);
            await tls.ShutdownAsync();
            behind.Close();
            await asked;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or AuthenticationException)
        {
            // One of both has gone.
        }
    }

    /// <summary>A certificate for this machine, and the file of the authority that signed it.</summary>
    private static async Task<X509Certificate2> SignAsync(string authorityFile)
    {
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        using var authorityKey = RSA.Create(2048);
        var authority = new CertificateRequest("CN=lockkeeper tests' authority", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var signer = authority.CreateSelfSigned(from, until);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(signer, from, until, RandomNumberGenerator.GetBytes(8));
        await File.WriteAllTextAsync(authorityFile, signer.ExportCertificatePem());
        return signed.CopyWithPrivateKey(key);
    }
}
