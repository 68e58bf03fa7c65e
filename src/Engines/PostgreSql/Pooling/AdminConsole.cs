using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.Pooling;

/// <summary>What a command of the console shows.</summary>
/// <param name="Columns">The columns' names.</param>
/// <param name="Rows">The values as text, in the order of the columns.</param>
public sealed record ConsoleTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows)
{
    /// <summary>The place of a column; -1 when the program's version does not have it.</summary>
    /// <param name="name">Its name.</param>
    public int IndexOf(string name) => Columns.Index().Where(column => column.Item == name).Select(column => column.Index).FirstOrDefault(-1);
}

/// <summary>A session with the administration console of PgBouncer.</summary>
/// <remarks>
/// The console takes the simple query protocol only and ends the session at a Parse message ("extended query protocol not supported by admin console", admin.c), which is how the
/// driver sends every command. So these are the few messages of the protocol that it takes to sign in and to ask.
/// Source: PostgreSQL manual, "Frontend/Backend Protocol".
/// </remarks>
public sealed class AdminConsole : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly ConsoleMessages messages;

    private AdminConsole(Stream stream) => (this.stream, messages) = (stream, new ConsoleMessages(stream));

    /// <summary>Signs in.</summary>
    /// <param name="url">Its URL, as that of a server; the database is always <c>pgbouncer</c>.</param>
    /// <param name="redactor">Learns the password.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">Nobody answers, or the login is refused.</exception>
    public static async Task<AdminConsole> OpenAsync(string url, Redactor redactor, CancellationToken cancel)
    {
        var settings = PostgreSqlUrl.Parse(url);
        redactor.Learn(settings.Password);
        var where = string.Create(CultureInfo.InvariantCulture, $"{settings.Host}:{settings.Port}/pgbouncer");
        Stream? opened = null;
        try
        {
            opened = await ConnectAsync(settings, cancel);
            var console = new AdminConsole(opened);
            await new ConsoleLogin(console.messages, settings.Username ?? "pgbouncer", settings.Password ?? "").RunAsync(cancel);
            opened = null;
            return console;
        }
        catch (ConsoleRefusal e)
        {
            throw new LockkeeperException(PostgreSqlErrors.LoginRefused, $"{where} refused the login: {e.Message}", "The user must stand in the pooler's auth_file and in its stats_users or admin_users.", inner: e);
        }
        catch (Exception e) when (e is SocketException or IOException or System.Security.Authentication.AuthenticationException or InvalidDataException)
        {
            throw ServerErrors.Translate(e, where);
        }
        finally
        {
            if (opened is not null)
                await opened.DisposeAsync();
        }
    }

    /// <summary>What a command shows.</summary>
    /// <param name="command">The command, such as <c>SHOW POOLS</c>.</param>
    /// <param name="cancel">Stops it; the session cannot be used any more then.</param>
    /// <exception cref="LockkeeperException">The console refuses the command, or the connection was cut.</exception>
    public async Task<ConsoleTable> AskAsync(string command, CancellationToken cancel)
    {
        try
        {
            await messages.WriteAsync('Q', body => body.Text(command), cancel);
            List<string> columns = [];
            List<IReadOnlyList<string?>> rows = [];
            string? error = null;
            while (true)
            {
                var (kind, body) = await messages.ReadAsync(cancel);
                switch (kind)
                {
                    case 'T': columns = body.Columns(); break;
                    case 'D': rows.Add(body.Values()); break;
                    case 'E': error = body.Error(); break;
                    case 'Z': return error is null ? new ConsoleTable(columns, rows) : throw new LockkeeperException(PostgreSqlErrors.StatementFailed, $"the pooler's console refused '{command}': {error}", "The user must stand in the pooler's stats_users or admin_users.");
                    default: break;
                }
            }
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidDataException)
        {
            throw ServerErrors.Translate(e, "the pooler's console");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private static async Task<Stream> ConnectAsync(NpgsqlConnectionStringBuilder settings, CancellationToken cancel)
    {
        var host = settings.Host ?? "localhost";
        var local = host.StartsWith('/');
        var socket = local ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (local)
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(host, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{settings.Port}"))), cancel);
            else
                await socket.ConnectAsync(host, settings.Port, cancel);
            var plain = new NetworkStream(socket, ownsSocket: true);
            return local || settings.SslMode == SslMode.Disable ? plain : await EncryptAsync(plain, host, settings, cancel);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> EncryptAsync(NetworkStream plain, string host, NpgsqlConnectionStringBuilder settings, CancellationToken cancel)
    {
        if (!await new ConsoleMessages(plain).AsksForTlsAsync(cancel))
            return settings.SslMode is SslMode.Allow or SslMode.Prefer ? plain : throw new ConsoleRefusal("it takes no encrypted connections");
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        // As libpq: 'require' encrypts and trusts whoever answers, 'verify-ca' leaves the name out.
        if (settings.SslMode is not (SslMode.VerifyCA or SslMode.VerifyFull))
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        else if (settings.SslMode == SslMode.VerifyCA)
            options.RemoteCertificateValidationCallback = static (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
        if (settings.RootCertificate is { Length: > 0 } root)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(root);
        }

        var encrypted = new SslStream(plain);
        await encrypted.AuthenticateAsClientAsync(options, cancel);
        return encrypted;
    }
}
