using System.Buffers.Binary;
using System.Text;

namespace Lockkeeper.Engines.PostgreSql.Pooling;

/// <summary>A login that the console does not take.</summary>
internal sealed class ConsoleRefusal(string message) : Exception(message);

/// <summary>The messages of the protocol: a letter, a length, a body.</summary>
internal sealed class ConsoleMessages(Stream stream)
{
    /// <summary>More than any answer of the console is something else that listens on the port.</summary>
    private const int MostBytes = 1 << 20;

    private const int Version3 = 3 << 16;
    private const int TlsRequest = 80877103;

    private readonly byte[] head = new byte[5];

    /// <summary>Sends the first message, which has no letter.</summary>
    public Task StartAsync(string user, CancellationToken cancel) =>
        SendAsync(new MessageWriter().Number(Version3).Text("user").Text(user).Text("database").Text("pgbouncer").Text("application_name").Text("lockkeeper observe").Byte(0), null, cancel);

    /// <summary>Asks whether the connection may be encrypted.</summary>
    public async Task<bool> AsksForTlsAsync(CancellationToken cancel)
    {
        await SendAsync(new MessageWriter().Number(TlsRequest), null, cancel);
        await stream.ReadExactlyAsync(head.AsMemory(0, 1), cancel);
        return head[0] == 'S';
    }

    public Task WriteAsync(char kind, Func<MessageWriter, MessageWriter> body, CancellationToken cancel) => SendAsync(body(new MessageWriter()), kind, cancel);

    public async Task<(char Kind, MessageReader Body)> ReadAsync(CancellationToken cancel)
    {
        await stream.ReadExactlyAsync(head, cancel);
        var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4;
        if (length is < 0 or > MostBytes)
            throw new InvalidDataException("what answers does not speak PostgreSQL's protocol");
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, cancel);
        return ((char)head[0], new MessageReader(body));
    }

    private async Task SendAsync(MessageWriter body, char? kind, CancellationToken cancel)
    {
        await stream.WriteAsync(body.Message(kind), cancel);
        await stream.FlushAsync(cancel);
    }
}

/// <summary>Puts the body of a message together.</summary>
internal sealed class MessageWriter
{
    private readonly List<byte> bytes = [];

    public MessageWriter Number(int number)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, number);
        return Bytes(four);
    }

    /// <summary>Text with the zero at its end.</summary>
    public MessageWriter Text(string text) => Bytes(Encoding.UTF8.GetBytes(text)).Byte(0);

    public MessageWriter Byte(byte one) => Bytes([one]);

    public MessageWriter Bytes(ReadOnlySpan<byte> some)
    {
        bytes.AddRange(some);
        return this;
    }

    public byte[] Message(char? kind)
    {
        var length = new MessageWriter().Number(bytes.Count + 4).bytes;
        return kind is { } letter ? [(byte)letter, .. length, .. bytes] : [.. length, .. bytes];
    }
}

/// <summary>Reads the body of a message; one that is cut off is <see cref="InvalidDataException"/>.</summary>
internal sealed class MessageReader(byte[] bytes)
{
    private int at;

    public int Number() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public ReadOnlySpan<byte> Rest() => Take(bytes.Length - at);

    public string Text()
    {
        var length = bytes.AsSpan(at).IndexOf((byte)0);
        var text = Encoding.UTF8.GetString(Take(length));
        at++;
        return text;
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > bytes.Length - at)
            throw new InvalidDataException("a message of the pooler is cut off");
        at += count;
        return bytes.AsSpan(at - count, count);
    }

    /// <summary>The names of a RowDescription: each is followed by 18 bytes about its type.</summary>
    public List<string> Columns()
    {
        var columns = new List<string>();
        for (var left = Short(); left > 0; left--)
        {
            columns.Add(Text());
            Take(18);
        }

        return columns;
    }

    /// <summary>The values of a DataRow.</summary>
    public List<string?> Values()
    {
        var values = new List<string?>();
        for (var left = Short(); left > 0; left--)
            values.Add(Number() is >= 0 and var length ? Encoding.UTF8.GetString(Take(length)) : null);
        return values;
    }

    /// <summary>The sentence of an ErrorResponse.</summary>
    public string Error()
    {
        var sentence = "";
        while (at < bytes.Length && bytes[at] != 0)
        {
            var field = (char)Take(1)[0];
            var text = Text();
            if (field == 'M')
                sentence = text;
        }

        return sentence;
    }

    private int Short() => BinaryPrimitives.ReadInt16BigEndian(Take(2));
}
