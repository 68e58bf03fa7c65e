using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Lockkeeper.Tests.TestKit;

/// <summary>A proxy on a free port, of loopback unless another address is given, in front of a server, to cut or pause connections in the middle.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly int target;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, byte> open = new();
    private readonly CancellationTokenSource end = new();
    private readonly Task accepting;
    private volatile TaskCompletionSource flow = Flowing();
    private volatile bool refusing;
    private long bytes;

    public TcpProxy(int targetPort, string? address = null)
    {
        target = targetPort;
        listener.Bind(new IPEndPoint(address is null ? IPAddress.Loopback : IPAddress.Parse(address), 0));
        listener.Listen(64);
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>How many bytes went through, both ways.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Called before bytes from the client are passed on, for a cut at an exact place (look for a statement's text).</summary>
    public Action<ReadOnlyMemory<byte>>? OnClientBytes { get; set; }

    /// <summary>The same URL through this proxy.</summary>
    public string Through(string url) => new UriBuilder(url) { Port = Port }.Uri.AbsoluteUri;

    /// <summary>Resets all connections of this moment; new ones are accepted.</summary>
    public void Cut()
    {
        foreach (var socket in open.Keys)
        {
            try
            {
                // Zero linger sends a reset, as a dying host or firewall does.
                socket.LingerState = new LingerOption(enable: true, 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It has ended by itself.
            }

            socket.Dispose();
        }
    }

    /// <summary>Resets all connections and every new one until <see cref="Accept"/>.</summary>
    public void Refuse()
    {
        refusing = true;
        Cut();
    }

    public void Accept() => refusing = false;

    /// <summary>Holds all bytes back, as a network that swallows packets does.</summary>
    public void Pause() => flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => flow.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        Resume();
        Refuse();
        listener.Dispose();
        await accepting;
        end.Dispose();
    }

    private static TaskCompletionSource Flowing()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync(end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        open[client] = open[server] = 0;
        try
        {
            if (refusing)
            {
                client.LingerState = new LingerOption(enable: true, 0);
                return;
            }

            await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, target), end.Token);
            await Task.WhenAny(PumpAsync(client, server, fromClient: true), PumpAsync(server, client, fromClient: false));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut, or the server is down: the client sees its connection close.
        }
        finally
        {
            open.TryRemove(client, out _);
            open.TryRemove(server, out _);
            client.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool fromClient)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, end.Token) is > 0 and var count)
            {
                if (fromClient)
                    OnClientBytes?.Invoke(buffer.AsMemory(0, count));
                await flow.Task.WaitAsync(end.Token);
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), end.Token);
                Interlocked.Add(ref bytes, count);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side has gone: the caller closes the other.
        }
    }
}
