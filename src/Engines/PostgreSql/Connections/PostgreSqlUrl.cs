using System.Globalization;
using System.Text;
using Lockkeeper.Kernel.Errors;
using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.Connections;

/// <summary>Reads connection URLs as libpq does (<c>postgres://user:password@host:port/database?sslmode=require</c>).</summary>
/// <remarks>Source: PostgreSQL manual, "Connection URIs". Also takes the driver's own <c>Host=…;Username=…</c> form.</remarks>
public static class PostgreSqlUrl
{
    private static readonly string[] Parameters =
    [
        "application_name", "channel_binding", "connect_timeout", "dbname", "host", "options", "passfile", "password", "port", "sslcert", "sslkey", "sslmode", "sslrootcert",
        "target_session_attrs", "user",
    ];

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private const string Example = "Write postgres://USER:PASSWORD@HOST:PORT/DATABASE; special characters in the password are percent-encoded, '@' as %40.";

    /// <summary>Reads a URL.</summary>
    /// <param name="url">The URL, secrets resolved.</param>
    /// <exception cref="LockkeeperException">It is not valid; the message never shows the URL, which may hold a password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string url)
    {
        try
        {
            // Half of a surrogate pair cannot be sent to a server.
            StrictUtf8.GetByteCount(url);
            var builder = url.StartsWith("postgres://", StringComparison.Ordinal) || url.StartsWith("postgresql://", StringComparison.Ordinal)
                ? FromUri(url)
                : FromKeyValues(url);
            return builder;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw Invalid();
        }
    }

    /// <summary>The same URL with another database.</summary>
    /// <param name="url">The URL, secrets resolved.</param>
    /// <param name="database">The database's name as it is in the catalog.</param>
    /// <exception cref="LockkeeperException">The URL is not valid.</exception>
    public static string WithDatabase(string url, string database)
    {
        var given = Parse(url);
        if (!url.StartsWith("postgres", StringComparison.Ordinal) || !url.Contains("://", StringComparison.Ordinal))
        {
            given.Database = database;
            return given.ConnectionString;
        }

        var rest = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var query = Cut(ref rest, '?');
        Cut(ref rest, '/');
        // dbname would win over the path.
        var options = (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries).Where(pair => pair != "dbname" && !pair.StartsWith("dbname=", StringComparison.Ordinal)).ToList();
        return $"postgres://{rest}/{Uri.EscapeDataString(database)}{(options.Count == 0 ? "" : "?" + string.Join('&', options))}";
    }

    /// <summary>Whether an exception is how the driver refuses settings; some it refuses only when a data source is made of them.</summary>
    internal static bool IsRefusal(Exception e) =>
        e is ArgumentException or FormatException or OverflowException or InvalidCastException or NotSupportedException or InvalidOperationException or KeyNotFoundException;

    /// <summary>The error. The cause is not kept: the driver's words can hold a piece of the password.</summary>
    internal static LockkeeperException Invalid() => new(PostgreSqlErrors.BadUrl, "the connection URL is not valid", Example);

    private static NpgsqlConnectionStringBuilder FromKeyValues(string text)
    {
        if (!text.Contains('=', StringComparison.Ordinal))
            throw new FormatException();
        return new NpgsqlConnectionStringBuilder(text);
    }

    private static NpgsqlConnectionStringBuilder FromUri(string url)
    {
        var rest = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var query = Cut(ref rest, '?');
        var database = Cut(ref rest, '/');
        var at = rest.LastIndexOf('@');
        var (login, hosts) = at < 0 ? ("", rest) : (rest[..at], rest[(at + 1)..]);
        var password = Cut(ref login, ':');
        // A '/' in the password that is not encoded puts its second half here, where messages would show it.
        if (database is not null && database.Contains('@', StringComparison.Ordinal))
            throw new FormatException();

        var builder = new NpgsqlConnectionStringBuilder();
        Hosts(builder, hosts);
        if (login.Length > 0)
            builder.Username = Decode(login);
        if (password is not null)
            builder.Password = Decode(password);
        if (!string.IsNullOrEmpty(database))
            builder.Database = Decode(database);
        foreach (var pair in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
            Option(builder, pair);
        return builder;
    }

    private static void Hosts(NpgsqlConnectionStringBuilder builder, string hosts)
    {
        var names = new List<string>();
        foreach (var entry in hosts.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = entry.EndsWith(']') ? -1 : entry.LastIndexOf(':');
            var host = Decode(colon < 0 ? entry : entry[..colon]);
            var port = colon < 0 ? 5432 : Port(entry[(colon + 1)..]);
            names.Add(hosts.Contains(',', StringComparison.Ordinal) ? $"{host}:{port}" : host.Trim('[', ']'));
            builder.Port = port;
        }

        builder.Host = names.Count == 0 ? "localhost" : string.Join(',', names);
    }

    private static void Option(NpgsqlConnectionStringBuilder builder, string pair)
    {
        var value = pair;
        var name = value.Split('=')[0];
        value = Decode(pair.Length > name.Length ? pair[(name.Length + 1)..] : "");
        switch (name)
        {
            case "host": builder.Host = value; break;
            case "port": builder.Port = Port(value); break;
            case "user": builder.Username = value; break;
            case "password": builder.Password = value; break;
            case "dbname": builder.Database = value; break;
            case "sslmode": builder.SslMode = Mode(value); break;
            case "sslrootcert": builder.RootCertificate = value; break;
            case "sslcert": builder.SslCertificate = value; break;
            case "sslkey": builder.SslKey = value; break;
            case "connect_timeout": builder.Timeout = int.Parse(value); break;
            case "application_name": builder.ApplicationName = value; break;
            case "options": builder.Options = value; break;
            case "passfile": builder.Passfile = value; break;
            case "target_session_attrs": builder.TargetSessionAttributes = value; break;
            case "channel_binding": builder.ChannelBinding = Enum.Parse<ChannelBinding>(value, ignoreCase: true); break;
            default: throw Unknown(name);
        }
    }

    /// <summary>A parameter is named in the message only when it looks like one: the rest of a URL that was cut wrongly may be a password.</summary>
    private static Exception Unknown(string name) => name.Length is > 0 and <= 30 && name.All(c => char.IsAsciiLetterLower(c) || c == '_')
        ? new LockkeeperException(PostgreSqlErrors.BadUrl, $"the connection URL has the parameter '{name}', which is not known", $"Known: {string.Join(", ", Parameters)}.")
        : new KeyNotFoundException();

    private static int Port(string text) => ushort.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) is > 0 and var port ? port : throw new FormatException();

    private static SslMode Mode(string name) => name switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw new FormatException(),
    };

    private static string? Cut(ref string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0)
            return null;
        var tail = text[(at + 1)..];
        text = text[..at];
        return tail;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text) is var decoded && decoded.Contains('\0', StringComparison.Ordinal) ? throw new FormatException() : decoded;
}
